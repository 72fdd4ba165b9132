--! Previous: sha1:6e09f6bcd1b93542db6d4389438ed932058ec379
--! Hash: sha1:658cc9415294f9287cf79d92e975e93bda37b9a3

/*
 * Emoji of an installation's own.
 */
select;
