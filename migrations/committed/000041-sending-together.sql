--! Previous: sha1:515be2ff48d54d177a0e095cee9a73cfaaf7e00c
--! Hash: sha1:f609bc4a1daa380287dda12914b42c6eac4c5e54

-- sending-together
select 1;
