--! Previous: sha1:f89968023f3704241f909938c674947c523afc24
--! Hash: sha1:d86404c76d0e6a4943c3fbfac3b6afcc67caf09f

select;
