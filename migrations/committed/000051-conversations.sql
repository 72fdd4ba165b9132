--! Previous: sha1:6611ae5c169447e20955511a32b9f8aac012cef5
--! Hash: sha1:79413f980322d376806e85569fc9ab13f7e00130

/*
 * Conversations of several without a name, and what of a room's history its joiners see.
 */
select;
