--! Previous: sha1:0e69decbf412a69a8c8fb7ca6a1f17edf07a51d1
--! Hash: sha1:71121913aea42abbad2cbf85f88b864d89806980

/*
 * Emoji of an installation's own.
 */
select;
