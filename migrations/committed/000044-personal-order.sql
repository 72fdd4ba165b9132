--! Previous: sha1:cb72f19fdb9b0a31fdc039001bc135df050adfe7
--! Hash: sha1:9d2ee01da6756d36c5683ae6e7b7c94feeec2b62

/*
 * What people arrange for themselves: unread marks, order and hiding of rooms, drafts.
 */
