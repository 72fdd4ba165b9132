--! Previous: sha1:ec7781a098f760b330fd9d55531381343ebf7f26
--! Hash: sha1:883ff778c2119b8b8d6468c5c52fb875e79d4c77

/*
 * Passkeys.
 */

select 1;
