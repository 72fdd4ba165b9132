--! Previous: sha1:39cf01811d94967e0b787b8aec32ff691c2737cc
--! Hash: sha1:d3fae15f975c58f7a1c5d0f01ddca33a407c0b0d

/*
 * What people arrange for themselves: unread marks, order and hiding of rooms, drafts.
 */
