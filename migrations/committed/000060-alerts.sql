--! Previous: sha1:10146c7adc79439c6876a211244e3eb81964f2de
--! Hash: sha1:6b498bc0eb19e1bf9e1f523934e5f2c2dd348df9

select;
