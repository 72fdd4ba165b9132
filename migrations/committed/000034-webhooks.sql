--! Previous: sha1:f411ce929fe30685db1cc01f1689002e4db0d303
--! Hash: sha1:5af978bb770e79b0cf1dd0e90f929439bf940432

/*
 * What is told to other servers, and what they may say.
 */
select;
