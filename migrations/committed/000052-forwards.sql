--! Previous: sha1:b5ca9b4586f2d8d9017a175339b32534bfdbcaa8
--! Hash: sha1:601488b82c98be9ed83373138000b13dd7d3df80

/*
 * Messages forwarded and quoted.
 */
select;
