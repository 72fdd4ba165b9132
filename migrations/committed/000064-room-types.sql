--! Previous: sha1:b5855ba7f2d32c7ebe81d1d3df27a4406338215f
--! Hash: sha1:78e569b0303eae6adfcfdc436e68e1ff297e25ad

select;
