--! Previous: sha1:d7f9c63bac278cc9d69633f922ce6cd8a58423b5
--! Hash: sha1:9ef9ac4dab63ee8ea4656371473d3097cb0fc418

select;
