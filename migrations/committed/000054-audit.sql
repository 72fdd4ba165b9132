--! Previous: sha1:577d51bf9845643eec0cddc686fd58350f54128d
--! Hash: sha1:0b061a2b5d211e37756fa631b9eff4a9ebda34c0

/*
 * What administration did, chained so that a change shows, and the auditor.
 */
select;
