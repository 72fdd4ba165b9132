--! Previous: sha1:ebcf2f55e2c85bdbc61a359fe1468e479bfa3e14
--! Hash: sha1:6f691dfb7766620bccd841bb909b597e4b8ee0a0

/*
 * What a link in a message shows.
 */

select 1;
