--! Previous: sha1:538eb862e66811ab2abc19d7087c25fb5e54f06c
--! Hash: sha1:9cf687e0bb4244322dcd51d18452382cfe17d4f1

-- monitoring
select 1;
