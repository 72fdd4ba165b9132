--! Previous: sha1:bf44787a0166aa5270a3556f562723adf926e4f7
--! Hash: sha1:5bfd237c0a76c12b31fa96f5841ab3ddb4872824

/*
 * Groups of users that can be mentioned together, and mentions of all who are in a room.
 */
