--! Previous: sha1:dc077a59013d0aaacfb02b61e357e6d91fdb2c71
--! Hash: sha1:5b50adfd3e0e98d10fa5c6f217a6929390021637

/*
 * Conversations of several without a name, and what of a room's history its joiners see.
 */
select;
