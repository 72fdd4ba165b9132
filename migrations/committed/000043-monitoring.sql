--! Previous: x
--! Hash: x

/*
 * What monitoring wants to know.
 *
 * pgstattuple can be installed by a superuser only, and is needed for one figure: without it, that one is missing.
 */
do $$
begin
  create extension if not exists pgstattuple with schema public;
exception when insufficient_privilege or undefined_file or feature_not_supported then
  raise notice 'pgstattuple is not installed: the pending pages of GIN indexes are not measured';
end
$$;

--! Included functions/monitoring/seconds_since.sql

--! EndIncluded functions/monitoring/seconds_since.sql

--! Included functions/monitoring/gin_pending_pages.sql

--! EndIncluded functions/monitoring/gin_pending_pages.sql

--! Included functions/monitoring/lock_waits.sql

--! EndIncluded functions/monitoring/lock_waits.sql

--! Included functions/monitoring/measures.sql

--! EndIncluded functions/monitoring/measures.sql
