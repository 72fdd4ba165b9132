--! Previous: sha1:0ccf82de166b8a2de411c06d0c6542203218de25
--! Hash: sha1:0007fd6c92bd5de86e941747af1f5f36a2f2d8d7

-- operations
select 1;
