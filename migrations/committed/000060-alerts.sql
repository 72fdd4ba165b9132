--! Previous: sha1:a080c4436427892f6e753bace7dddcc6e5306296
--! Hash: sha1:112fef4209c45072edc95a0cb48a990c50abece0

select;
