--! Previous: x
--! Hash: x

/*
 * Messages forwarded and quoted.
 */
select;
