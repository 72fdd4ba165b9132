--! Previous: sha1:4b2e9a536c5a31ea3c025f14861c1dd9d20694ff
--! Hash: sha1:88e03a993d2ca7ce07b1a35dd83c433b09394ffa

/*
 * Emoji of an installation's own.
 */
select;
