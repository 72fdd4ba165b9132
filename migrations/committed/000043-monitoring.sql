--! Previous: sha1:0f6ea63308207789ede9a7ff9bf94c26b50fb2fd
--! Hash: sha1:f99e384125effb0352696b45b8341ba4eebd110b

-- monitoring
select 1;
