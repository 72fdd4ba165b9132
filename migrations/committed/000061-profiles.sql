--! Previous: sha1:6b498bc0eb19e1bf9e1f523934e5f2c2dd348df9
--! Hash: sha1:216960996da2f3b7c00c4b650880fee74c1c897f

select;
