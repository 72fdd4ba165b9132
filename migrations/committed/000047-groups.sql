--! Previous: sha1:c11a17b5386e6da082fceb4dad89703295b172ae
--! Hash: sha1:9ff1a00edd1241f15d56bbc6d6014827eb30921d

/*
 * Groups of users that can be mentioned together, and mentions of all who are in a room.
 */
