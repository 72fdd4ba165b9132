--! Previous: sha1:785b4f5cb2a26adefa16b473b7e65ba022b56a08
--! Hash: sha1:5326cff3be5c1e9dc6e829ef768b19df9301ba4c

select;
