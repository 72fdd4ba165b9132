--! Previous: sha1:b430df4f256ae89c9c609b16d9d399d4a1beb955
--! Hash: sha1:bb4f8f90133f3c2104ec614679bd4aaee0fc1bb2

-- sending-together
select 1;
