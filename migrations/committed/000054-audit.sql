--! Previous: sha1:45afc9da3f99e1e3aec128b3b59289836c581a9e
--! Hash: sha1:3db8cc2ab5d9d7416804d926be78075b9c11a35e

/*
 * What administration did, chained so that a change shows, and the auditor.
 */
select;
