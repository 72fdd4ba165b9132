--! Previous: sha1:a8605b3360a241ee4d4ecded36707007aacb87a3
--! Hash: sha1:73882c52a6b93c138c8795024b67796b84a110dd

/*
 * What a link in a message shows.
 */

select 1;
