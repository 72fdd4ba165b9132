--! Previous: sha1:b110d5689af889e3dbdaf65dfe9adc1008c504c4
--! Hash: sha1:217936b3dbf3bef707e6316b9be0a376581d4c06

-- operations
select 1;
