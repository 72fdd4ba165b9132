--! Previous: sha1:335713ba92a5e0176f7731fb22e6bbadb2e2dfe8
--! Hash: sha1:7344769cee86ffba2699b8fa57e0a2cfbb10c11c

/*
 * Groups of users that can be mentioned together, and mentions of all who are in a room.
 */
