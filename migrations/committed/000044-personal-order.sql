--! Previous: sha1:92a6711a605f8b142bc8ac0921b4b403425f962b
--! Hash: sha1:57a50ee4e111da52529608c95ea20d97f265cf0b

/*
 * What people arrange for themselves: unread marks, order and hiding of rooms, drafts.
 */
