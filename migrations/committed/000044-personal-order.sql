--! Previous: sha1:8972d645781ae487b475760eb64b9b08d41fbdb2
--! Hash: sha1:6f2e946cc955eebfa5b8ae803fa1613658b40ba5

/*
 * What people arrange for themselves: unread marks, order and hiding of rooms, drafts.
 */
