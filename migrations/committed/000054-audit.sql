--! Previous: sha1:7f5ead7ee72694df5a8485fa7575f015c93968e8
--! Hash: sha1:cfdb1b9d3ba3caa1ac21d9534e30c95aef3c03a2

/*
 * What administration did, chained so that a change shows, and the auditor.
 */
select;
