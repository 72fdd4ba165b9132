--! Previous: sha1:f5244d2231179f39f646fb8022a3ece8a568ada7
--! Hash: sha1:3c544c19aa011f2057941afff69be471ca3924ab

-- sending-together
select 1;
