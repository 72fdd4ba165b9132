--! Previous: sha1:ae536691741bc9999c63918a0b289d5fbcd5efa8
--! Hash: sha1:f411ce929fe30685db1cc01f1689002e4db0d303

/*
 * What is asked besides a password, and guests.
 */
select;
