--! Previous: sha1:f5fc90accb49d9ccb5f7129057f3bd48ce2763f1
--! Hash: sha1:8e6f9e8a0a8b4e72d18a56e54a057723ca33cbc3

/*
 * What is told to other servers, and what they may say.
 */
select;
