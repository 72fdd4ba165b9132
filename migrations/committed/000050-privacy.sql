--! Previous: sha1:b74357dabd73adf99d723a0f9e6e141969d78fa6
--! Hash: sha1:dcf47db3a8e2cf567294436e0dfce223f3b7b344

/*
 * What others learn of one's reading, typing and being there; and a status that one sets.
 */
