--! Previous: sha1:0007fd6c92bd5de86e941747af1f5f36a2f2d8d7
--! Hash: sha1:4bb75243d7e13a809377dea8118fe6287d43f095

-- monitoring
select 1;
