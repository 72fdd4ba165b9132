--! Previous: sha1:f933cb8233e38d581ba32691ffa7a5431a3defd5
--! Hash: sha1:ab09a43828e6cadc2e1ac48ddd890c76348e5a6c

/*
 * What others learn of one's reading, typing and being there; and a status that one sets.
 */
