--! Previous: sha1:ca6596d95efafdca0dabf33cfb45f83872b4e93a
--! Hash: sha1:e9d2a41381b4b4c82813236c12d48801e9691ef5

-- sending-together
select 1;
