--! Previous: sha1:79413f980322d376806e85569fc9ab13f7e00130
--! Hash: sha1:340c8414179d06fea5d35053270bd80153df2e6b

/*
 * Messages forwarded and quoted.
 */
select;
