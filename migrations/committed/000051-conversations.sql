--! Previous: sha1:2a32beafa3c9349e4aba928007e2624f97af660c
--! Hash: sha1:5efbee71c3439e5bbfbae76578e0e95671c90a5a

/*
 * Conversations of several without a name, and what of a room's history its joiners see.
 */
select;
