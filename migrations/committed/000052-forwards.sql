--! Previous: sha1:221aed946b9e5b6846da3c19792e5090f57c74e5
--! Hash: sha1:8727715ddc4d3d638ae36bd7e9bcc1f170de58cf

/*
 * Messages forwarded and quoted.
 */
select;
