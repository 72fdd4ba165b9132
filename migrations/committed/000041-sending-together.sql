--! Previous: x
--! Hash: x

--! Included functions/sending-together/send_together.sql

--! EndIncluded functions/sending-together/send_together.sql

--! Included functions/sending-together/sent.sql

--! EndIncluded functions/sending-together/sent.sql
