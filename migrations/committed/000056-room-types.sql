--! Previous: sha1:f3c023dc375cddddefe2879fec4c2d1b990f09cd
--! Hash: sha1:40c8d68e726935db50201a092d666fa0a9000cc8

select;
