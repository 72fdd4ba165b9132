--! Previous: x
--! Hash: x

create type app_private.usual_send as (
  position integer,
  id uuid,
  author_id uuid,
  content text,
  message_type text,
  nonce text,
  tokens integer
);
comment on type app_private.usual_send is
  'A message that nothing stands in the way of: its place among those it is sent with, its id, and the tokens that it takes.';

--! Included functions/sending-together/usual_sends.sql

--! EndIncluded functions/sending-together/usual_sends.sql

--! Included functions/sending-together/write_usual.sql

--! EndIncluded functions/sending-together/write_usual.sql

--! Included functions/sending-together/send_together.sql

--! EndIncluded functions/sending-together/send_together.sql

--! Included functions/sending-together/sent.sql

--! EndIncluded functions/sending-together/sent.sql
