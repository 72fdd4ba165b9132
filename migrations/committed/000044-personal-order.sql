--! Previous: sha1:dddca68c4af9f36690b79da508bf7c49a288e9d8
--! Hash: sha1:75b647b47af356259ade4bb2b29309a8bb21c804

/*
 * What people arrange for themselves: unread marks, order and hiding of rooms, drafts.
 */
