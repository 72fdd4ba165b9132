--! Previous: sha1:b7032cc7304a3a0c0549bb107a192d0abd3e5dae
--! Hash: sha1:ec7781a098f760b330fd9d55531381343ebf7f26

/*
 * What a link in a message shows.
 */

select 1;
