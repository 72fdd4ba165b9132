--! Previous: sha1:4fd4d664455940b6b19dc9de4862c5a25354e11d
--! Hash: sha1:785b4f5cb2a26adefa16b473b7e65ba022b56a08

select;
