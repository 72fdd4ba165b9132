--! Previous: sha1:8a96fa270a2e17e6313b8150551d8d660b771464
--! Hash: sha1:c9ce5ef7c90690834999f1c29f54164aa6f32af4

/*
 * Groups of users that can be mentioned together, and mentions of all who are in a room.
 */
