--! Previous: sha1:2c4cd4506a95de14e9b4cbdb29b81a9a92192f90
--! Hash: sha1:3bd149e78f4caa58fc2394597ae73a8189f55e86

/*
 * Emoji of an installation's own.
 */
select;
