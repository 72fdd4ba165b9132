--! Previous: sha1:474f369133c359d7a533fe2846c6eaa830180793
--! Hash: sha1:f5fc90accb49d9ccb5f7129057f3bd48ce2763f1

/*
 * What is asked besides a password, and guests.
 */
select;
