--! Previous: sha1:dd32f9d15822dfc905ece3d202fae3ac64f60021
--! Hash: sha1:710917ed7addf9b26cbb76e8a0b1c2cdc858e340

/*
 * Conversations of several without a name, and what of a room's history its joiners see.
 */
select;
