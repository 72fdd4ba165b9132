--! Previous: sha1:9ef9ac4dab63ee8ea4656371473d3097cb0fc418
--! Hash: sha1:eda8c33f591149c0e7ce2e1bd2d460b6fe9e6812

select;
