--! Previous: sha1:d1978329155f3c9ed4ac986850c1828c6afa0cbe
--! Hash: sha1:6baae6e647b5ed545cb60486bbe73b0e73ce6af1

/*
 * Groups of users that can be mentioned together, and mentions of all who are in a room.
 */
