--! Previous: sha1:e24fbf4d2206cc4154873074313ea7c1c1787ea8
--! Hash: sha1:c39c8c33668bad9e336699c0f3fb42d24e56dbd9

select;
