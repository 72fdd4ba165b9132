--! Previous: sha1:5212dacc5d01ba6c6c03f73a5ca57cd8f65990f5
--! Hash: sha1:de070c7f30445252a6abdbd829ee2ffccfe904c6

/*
 * Emoji of an installation's own.
 */
select;
