--! Previous: sha1:57a50ee4e111da52529608c95ea20d97f265cf0b
--! Hash: sha1:5a03294110a3c3bd3cfe1b4b0b343d5583c8c443

/*
 * What is sent or recalled later, saved, forwarded and quoted.
 */
