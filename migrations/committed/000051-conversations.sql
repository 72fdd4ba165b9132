--! Previous: sha1:34644e33c59325aaaed4ebb38591019cd5472e2e
--! Hash: sha1:75f7e919702f4ff58ed5593e2288c0430551235c

/*
 * Conversations of several without a name, and what of a room's history its joiners see.
 */
select;
