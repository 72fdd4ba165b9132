--! Previous: sha1:660cc2e01e135c8a7a6efd35709aec09346ffd21
--! Hash: sha1:bfb00613428259049d7997f29b9d60cf9fe7ca51

select;
