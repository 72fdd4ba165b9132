--! Previous: sha1:ad28fbd7d8005289a055af23a5eaf7c15f6f211a
--! Hash: sha1:0b6d7975050daf8b382da7d1a6ba88bdddcb154f

-- sending-together
select 1;
