--! Previous: sha1:3a8b342bcfdf7f7b1d4fbeb617ad89595e38480a
--! Hash: sha1:08e6ea728b9b0e959f5cdca38ab1444a80d44bb7

select;
