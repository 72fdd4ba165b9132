--! Previous: sha1:08e6ea728b9b0e959f5cdca38ab1444a80d44bb7
--! Hash: sha1:e24fbf4d2206cc4154873074313ea7c1c1787ea8

select;
