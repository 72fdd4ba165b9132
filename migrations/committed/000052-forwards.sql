--! Previous: sha1:0ae7db7aa171b2a377bd6da208ccf7819b8edf40
--! Hash: sha1:1d2fc70a0b49948b5de0b36b5162aff80a244708

/*
 * Messages forwarded and quoted.
 */
select;
