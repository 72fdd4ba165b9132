--! Previous: sha1:6b15dd3bf0a87d7a2b13c4cdda08236233ac1aef
--! Hash: sha1:b4d49f2fb309dee14a899ddfb736fbedbb90b5b4

/*
 * What others learn of one's reading, typing and being there; and a status that one sets.
 */
