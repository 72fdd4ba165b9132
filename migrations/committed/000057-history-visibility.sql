--! Previous: x
--! Hash: x

/*
 * What those see of a room who were not there from the beginning. A member has the number of the first message that they may
 * see; who sees everything has none, and costs nothing. The policies of messages and of what hangs on them ask it, and every
 * function that reads messages above the policies asks app_private.history_start, or the member's row that it has locked.
 */
--! Included functions/history-visibility/set_history_visibility.sql

--! EndIncluded functions/history-visibility/set_history_visibility.sql

--! Included functions/history-visibility/widen_history.sql

--! EndIncluded functions/history-visibility/widen_history.sql
