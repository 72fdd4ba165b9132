--! Previous: sha1:bd10df1973e0166e64ae25bb530922104ffac6a0
--! Hash: sha1:8d419e309afd14b85037966679bdf6ab92cc33db

select;
