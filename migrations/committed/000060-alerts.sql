--! Previous: sha1:b5d7ce93b4ee093b77d14b0d7c0c4f5b8d9fa432
--! Hash: sha1:ef0e4b2faa7f6dc8c5c9445972dc821bd15b5c7b

select;
