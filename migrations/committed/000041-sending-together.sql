--! Previous: sha1:00753309e8597b88918f793efb5f2abd0f38c522
--! Hash: sha1:0ccf82de166b8a2de411c06d0c6542203218de25

-- sending-together
select 1;
