--! Previous: x
--! Hash: x

/*
 * Emoji of an installation's own.
 */
select;
