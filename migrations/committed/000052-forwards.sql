--! Previous: sha1:70f8357bbfc97cadb97b0edbbf383a76964dec98
--! Hash: sha1:cffc1c65c0cc52b5346c4369a0c198161c1ee441

/*
 * Messages forwarded and quoted.
 */
select;
