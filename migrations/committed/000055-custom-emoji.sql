--! Previous: sha1:0b061a2b5d211e37756fa631b9eff4a9ebda34c0
--! Hash: sha1:2af7bbfa69d9ece586f4a2d270d9eb684a8b4c0e

/*
 * Emoji of an installation's own.
 */
select;
