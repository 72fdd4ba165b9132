--! Previous: sha1:8d419e309afd14b85037966679bdf6ab92cc33db
--! Hash: sha1:c444a0ea8ed2831957f6432134041b4c7449f70c

select;
