--! Previous: x
--! Hash: x

/*
 * What people arrange for themselves: unread marks, order and hiding of rooms, drafts.
 */
