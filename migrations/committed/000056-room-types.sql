--! Previous: sha1:107300f0b09d9411ff3323aa0f1aee12befedfff
--! Hash: sha1:22d1a06139f1333cab7681a3a8bc1c2842bcccf5

select;
