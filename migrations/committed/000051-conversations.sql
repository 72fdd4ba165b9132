--! Previous: sha1:d80ed4c48571b5e22e9d6d78dbeb77ce9b32d4fe
--! Hash: sha1:70f8357bbfc97cadb97b0edbbf383a76964dec98

/*
 * Conversations of several without a name, and what of a room's history its joiners see.
 */
select;
