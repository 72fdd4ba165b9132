--! Previous: sha1:1dd5263e1e31110dd316b0ee7bca3c191afa2a7c
--! Hash: sha1:50029d947712599e5709cd49a4b1d062fdec1b4e

/*
 * Groups of users that can be mentioned together, and mentions of all who are in a room.
 */
