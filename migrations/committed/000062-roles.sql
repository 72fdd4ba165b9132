--! Previous: sha1:ddd2489f732181ed1d20ad27c536af1fb77f06b5
--! Hash: sha1:d8bf46beeae97a83d5444ca69706e926837ff0b3

select;
