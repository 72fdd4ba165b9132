--! Previous: sha1:8c63dba522326493346bf63894158601a7df6dcf
--! Hash: sha1:85eb930aa32a7fdfd33a5877852723ee6e2c672a

/*
 * What is sent or recalled later, saved, forwarded and quoted.
 */
