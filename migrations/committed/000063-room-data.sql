--! Previous: sha1:ca299d94b112dfcaf3163c9af4b11800f9cf6604
--! Hash: sha1:5dac5987bad14e5582d19dedfdf8d30f939b7848

select;
