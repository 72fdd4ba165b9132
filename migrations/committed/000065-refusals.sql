--! Previous: sha1:caf1dd403a1d96eb67bddd4ea5a29ee796502a9d
--! Hash: sha1:e170757f14ccd520abd10cdc9979bb13db3acfd5

/*
 * What is refused is in no log.
 *
 * When a check fails, Postgres adds the whole row to its error, "Failing row contains (…)": hashes of passwords, addresses,
 * texts. It writes that into its log, and only a superuser can tell it not to. So every check calls a function that
 * raises the error itself, with the name of the check and without the row.
 */

--! Included functions/refusals/keeps.sql
create or replace function app_private.keeps(promise text) returns boolean
language plpgsql stable security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception 'A value does not keep what "%" promises.', promise using errcode = 'check_violation', constraint = promise;
end
$$;
comment on function app_private.keeps(text) is
  'What stands beside every check: refuses without the row, where the check does not hold. Not immutable, so that it is called then alone.';
--! EndIncluded functions/refusals/keeps.sql

--! Included functions/refusals/keep_rows_out_of_refusals.sql
create or replace function app_private.keep_rows_out_of_refusals() returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_check record;
begin
  for v_check in
    select conrelid::regclass as of_table, conname, pg_get_expr(conbin, conrelid) as expression
      from pg_constraint
      where contype = 'c' and conparentid = 0 and coninhcount = 0
        and connamespace in ('app_public'::regnamespace, 'app_private'::regnamespace)
        and conrelid <> 0
        and conenforced and pg_get_expr(conbin, conrelid) not like '%app_private.keeps%'
  loop
    execute format(
      'alter table %s drop constraint %I, add constraint %I check ((%s) is not false or app_private.keeps(%L))',
      v_check.of_table, v_check.conname, v_check.conname, v_check.expression, v_check.conname);
  end loop;
end
$$;
comment on function app_private.keep_rows_out_of_refusals() is
  'Has every check refuse by itself. To be called again by a migration that adds one.';
--! EndIncluded functions/refusals/keep_rows_out_of_refusals.sql

select app_private.keep_rows_out_of_refusals();

--! Included functions/refusals/refuse_truncate.sql
/*
 * Rights, counts and streams follow from rows, and are told of them row by row: TRUNCATE would take all of them without a
 * word. What Postgres empties itself after a crash may be emptied by hand, too.
 */
create or replace function app_private.refuse_truncate() returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_table regclass;
begin
  for v_table in
    select oid from pg_class
      where relnamespace in ('app_public'::regnamespace, 'app_private'::regnamespace)
        and relkind in ('r', 'p') and relpersistence = 'p'
        and not exists (select from pg_trigger where tgrelid = pg_class.oid and (tgtype & 32) = 32)
  loop
    execute format(
      'create trigger _100_refuse_truncate before truncate on %s
        for each statement execute function app_private.tg_any__refuse_truncate()', v_table);
  end loop;
end
$$;
comment on function app_private.refuse_truncate() is
  'Has every table refuse TRUNCATE that does not yet. To be called again by a migration that adds one.';
--! EndIncluded functions/refusals/refuse_truncate.sql

select app_private.refuse_truncate();
