--! Previous: sha1:4ed4fe686b5f65257ea2a01c77474c409af98680
--! Hash: sha1:fb03ecc1467fafdf4421039984f340c19868a62a

select;
