--! Previous: sha1:710917ed7addf9b26cbb76e8a0b1c2cdc858e340
--! Hash: sha1:db2950914fcc567cb11b71a4a6086e81c88dcfcc

/*
 * Messages forwarded and quoted.
 */
select;
