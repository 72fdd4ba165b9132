--! Previous: sha1:3ccdf60be3f14dbc0ca5d6349aab847e43ba001c
--! Hash: sha1:6653715bb9d5bd985df44d519cccd8c55e2bd36d

/*
 * Emoji of an installation's own.
 */
select;
