--! Previous: sha1:b8d4d3e276be100d5d2b1db909c1bf46d678fa9c
--! Hash: sha1:0ae7db7aa171b2a377bd6da208ccf7819b8edf40

/*
 * Conversations of several without a name, and what of a room's history its joiners see.
 */
select;
