--! Previous: x
--! Hash: x

/*
 * What is refused is in no log.
 *
 * When a check fails, Postgres adds the whole row to its error, "Failing row contains (…)": hashes of passwords, addresses,
 * texts. It writes that into its log, and only a superuser can tell it not to. So every check calls a function that
 * raises the error itself, with the name of the check and without the row.
 */

--! Included functions/refusals/keeps.sql

--! EndIncluded functions/refusals/keeps.sql

--! Included functions/refusals/keep_rows_out_of_refusals.sql

--! EndIncluded functions/refusals/keep_rows_out_of_refusals.sql

select app_private.keep_rows_out_of_refusals();

--! Included functions/refusals/refuse_truncate.sql

--! EndIncluded functions/refusals/refuse_truncate.sql

select app_private.refuse_truncate();
