--! Previous: sha1:0ba11c53f6bd0884fec203ce4197835167c0d64c
--! Hash: sha1:2beeab72c43660446fa74c895dea4dc676a61526

-- sending-together
select 1;
