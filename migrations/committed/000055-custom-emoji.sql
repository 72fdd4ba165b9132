--! Previous: sha1:db8d727aa36774915e11be60a7faf1afd268ac17
--! Hash: sha1:4935b7c891a8dab14bacd596f14473498ddfade0

/*
 * Emoji of an installation's own.
 */
select;
