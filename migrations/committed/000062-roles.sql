--! Previous: sha1:216960996da2f3b7c00c4b650880fee74c1c897f
--! Hash: sha1:a61e8a9f241b50c79132b85f28e9aac97a7d3a4d

select;
