--! Previous: sha1:cfdb1b9d3ba3caa1ac21d9534e30c95aef3c03a2
--! Hash: sha1:289f98dc645e99dbe075d7299305f452d85cc9ec

/*
 * Emoji of an installation's own.
 */
select;
