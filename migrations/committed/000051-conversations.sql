--! Previous: x
--! Hash: x

/*
 * Conversations of several without a name, and what of a room's history its joiners see.
 */
select;
