--! Previous: sha1:435a0756e4eb891e7d496ec70b0075d29557db9c
--! Hash: sha1:bd10df1973e0166e64ae25bb530922104ffac6a0

select;
