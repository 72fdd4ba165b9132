--! Previous: sha1:75f7e919702f4ff58ed5593e2288c0430551235c
--! Hash: sha1:2e67f7fcb1efeab95b591944040c63950a6ab3cc

/*
 * Messages forwarded and quoted.
 */
select;
