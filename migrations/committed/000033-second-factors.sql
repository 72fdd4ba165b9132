--! Previous: sha1:facd87a7bb6579a09441e228a446bc06ff623a04
--! Hash: sha1:968c926089be6a4f103a85333765534ae69fa323

/*
 * What is asked besides a password, and guests.
 */
select;
