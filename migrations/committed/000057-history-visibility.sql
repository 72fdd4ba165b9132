--! Previous: sha1:a5cb9fd85db069865d1c3acd90e184539b5c45c2
--! Hash: sha1:625ecf9eb7b976d89163d279dff272eef7953480

select;
