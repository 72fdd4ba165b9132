--! Previous: sha1:217936b3dbf3bef707e6316b9be0a376581d4c06
--! Hash: sha1:c7486fd561609a659f6a2f57fe33290c37a37b6a

-- monitoring
select 1;
