--! Previous: sha1:b4813c45eaed11d2903ccb6975928a575221a342
--! Hash: sha1:a5cb9fd85db069865d1c3acd90e184539b5c45c2

select;
