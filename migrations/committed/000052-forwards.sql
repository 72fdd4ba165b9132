--! Previous: sha1:bda64faca0494bc59f44d5e68840fcac60bf1a7f
--! Hash: sha1:d9dd897ec74fd11baba852c57e5971ee539cde92

/*
 * Messages forwarded and quoted.
 */
select;
