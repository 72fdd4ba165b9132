--! Previous: sha1:3db8cc2ab5d9d7416804d926be78075b9c11a35e
--! Hash: sha1:c41d6b1b6ac09a6336185f39728d5e7659e1f309

/*
 * Emoji of an installation's own.
 */
select;
