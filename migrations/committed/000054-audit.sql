--! Previous: sha1:a9f00cc432dfe6d7890a2e30ca0a110b2da7fee6
--! Hash: sha1:0e69decbf412a69a8c8fb7ca6a1f17edf07a51d1

/*
 * What administration did, chained so that a change shows, and the auditor.
 */
select;
