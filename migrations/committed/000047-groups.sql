--! Previous: sha1:80d78a2fe136412eda16863e8f75b01a62636074
--! Hash: sha1:c1560390ecbb2b91e115f4851be3c27478e92808

/*
 * Groups of users that can be mentioned together, and mentions of all who are in a room.
 */
