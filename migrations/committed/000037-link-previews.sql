--! Previous: sha1:234c728f4880c54fc22ef5b73628860a1605ca8e
--! Hash: sha1:837aa7ddb273fafa0b810c5aba2044d4773688b7

/*
 * What a link in a message shows.
 */

select 1;
