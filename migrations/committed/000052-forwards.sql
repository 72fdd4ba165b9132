--! Previous: sha1:5b50adfd3e0e98d10fa5c6f217a6929390021637
--! Hash: sha1:d76e61c819180f848a9a8ccd1d7cce41e0bdc289

/*
 * Messages forwarded and quoted.
 */
select;
