--! Previous: sha1:b141de92cc0d37b45281f692e0673929dd1afab5
--! Hash: sha1:a7f5a18e2d8727e25c73aba5e377d308bebcb74f

/*
 * Groups of users that can be mentioned together, and mentions of all who are in a room.
 */
