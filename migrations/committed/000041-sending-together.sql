--! Previous: sha1:22a5877dbdfa801a192a4431aa8483e4c26eb2da
--! Hash: sha1:b110d5689af889e3dbdaf65dfe9adc1008c504c4

-- sending-together
select 1;
