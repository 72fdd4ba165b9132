--! Previous: sha1:c6f717e677fb926a8a14f68c37d1cc1b7cac01d0
--! Hash: sha1:f0d9be06460e74573687c244e8902015f1acc4d5

select;
