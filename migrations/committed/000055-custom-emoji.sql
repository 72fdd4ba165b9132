--! Previous: sha1:238ce547079118f5dafe4ec99aa14193932541ba
--! Hash: sha1:706cc6b1cf29cbb57d71f1fe636a31637c36e040

/*
 * Emoji of an installation's own.
 */
select;
