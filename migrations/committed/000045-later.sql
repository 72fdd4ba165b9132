--! Previous: x
--! Hash: x

/*
 * What is sent or recalled later, saved, forwarded and quoted.
 */
