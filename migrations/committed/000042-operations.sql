--! Previous: sha1:bb4f8f90133f3c2104ec614679bd4aaee0fc1bb2
--! Hash: sha1:538eb862e66811ab2abc19d7087c25fb5e54f06c

-- operations
select 1;
