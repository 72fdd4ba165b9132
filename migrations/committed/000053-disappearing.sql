--! Previous: sha1:db2950914fcc567cb11b71a4a6086e81c88dcfcc
--! Hash: sha1:45afc9da3f99e1e3aec128b3b59289836c581a9e

/*
 * Messages that go by themselves, and rooms where chosen roles write.
 */
select;
