--! Previous: sha1:64037a0186e435b87d653ed0b7bb7f7b8c084405
--! Hash: sha1:ca6596d95efafdca0dabf33cfb45f83872b4e93a

-- background-indexing
select 1;
