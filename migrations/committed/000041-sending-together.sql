--! Previous: sha1:eedbaa642d9fd85379c8cad0bd1a4a874804b5a8
--! Hash: sha1:29df449493be9bf26a3f53b0dd1d42ca7030f7a3

-- sending-together
select 1;
