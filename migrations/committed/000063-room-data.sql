--! Previous: sha1:b4edc5bd1da798d281a9a3cb8ead9802f8e1c461
--! Hash: sha1:b5855ba7f2d32c7ebe81d1d3df27a4406338215f

select;
