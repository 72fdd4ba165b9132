--! Previous: sha1:504ea68a914494afef4ad0f82491c9bd1244fffa
--! Hash: sha1:6c0eef706dfc22eeba917f6c06b64aa6fe3297b0

/*
 * Emoji of an installation's own.
 */
select;
