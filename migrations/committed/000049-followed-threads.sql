--! Previous: sha1:db46355a0d98a52d123a99dbcf15414ae38c4819
--! Hash: sha1:0b224361a92b02ef2cb4a75bcd7e64e1577dfb15

/*
 * Threads that somebody follows, and what is unread in each.
 */
