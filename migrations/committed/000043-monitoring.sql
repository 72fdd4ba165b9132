--! Previous: sha1:c90ddada16806744c7296f5adc0d0c677015f050
--! Hash: sha1:e4098dbc27b657760355e723e1a94bcdc8847fbe

-- monitoring
select 1;
