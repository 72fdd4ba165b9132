--! Previous: sha1:e2824fbf53d3e1e252fd3ae2298adc638009201b
--! Hash: sha1:221aed946b9e5b6846da3c19792e5090f57c74e5

/*
 * Conversations of several without a name, and what of a room's history its joiners see.
 */
select;
