--! Previous: sha1:04374ecd22bc8678ebff1bb92aeeaf39e8873450
--! Hash: sha1:9f3aa8171629a2a23182da34c5a5ac9de1d4c88d

/*
 * Emoji of an installation's own.
 */
select;
