--! Previous: sha1:aac9ba34a70995921993720e99efb16c47ba93e0
--! Hash: sha1:e10a0071fe3bf88832a86ac45edd4497285822ae

select;
