--! Previous: x
--! Hash: x

--! Included functions/sending/check_content.sql

--! EndIncluded functions/sending/check_content.sql

--! Included functions/sending/message_of_nonce.sql

--! EndIncluded functions/sending/message_of_nonce.sql

create type app_private.send_check as (
  verdict app_private.verdict,
  role app_public.member_role,
  had_own_permissions boolean,
  slow_mode_seconds integer,
  pause_seconds integer,
  rules_version text,
  hooks_version text
);
comment on type app_private.send_check is 'What was found when a message was checked, and by what, so that it can be seen whether that still counts.';

create type app_private.hook_decision as (
  verdict text,
  content text,
  reason text
);
comment on type app_private.hook_decision is
  'What the hooks of a room say of a text: `allow` or `hold` it, as it is or changed. Null where nobody is asked.';

--! Included functions/sending/check_parts.sql

--! EndIncluded functions/sending/check_parts.sql
--! Included functions/sending/check_send.sql

--! EndIncluded functions/sending/check_send.sql

--! Included functions/sending/check_hooks_again.sql

--! EndIncluded functions/sending/check_hooks_again.sql

--! Included functions/sending/check_send_again.sql

--! EndIncluded functions/sending/check_send_again.sql

--! Included functions/sending/check_edit.sql

--! EndIncluded functions/sending/check_edit.sql

--! Included functions/sending/check_metadata.sql

--! EndIncluded functions/sending/check_metadata.sql

--! Included functions/sending/send_message.sql

--! EndIncluded functions/sending/send_message.sql

--! Included functions/sending/edit_message.sql

--! EndIncluded functions/sending/edit_message.sql

--! Included functions/sending/delete_message.sql

--! EndIncluded functions/sending/delete_message.sql

--! Included functions/sending/set_pinned.sql

--! EndIncluded functions/sending/set_pinned.sql

--! Included functions/sending/pin_message.sql

--! EndIncluded functions/sending/pin_message.sql

--! Included functions/sending/unpin_message.sql

--! EndIncluded functions/sending/unpin_message.sql
