--! Previous: sha1:6c6a6a526b70b038583e98e604aff5a0b7030d5a
--! Hash: sha1:8c63dba522326493346bf63894158601a7df6dcf

/*
 * What people arrange for themselves: unread marks, order and hiding of rooms, drafts.
 */
