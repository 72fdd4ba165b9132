--! Previous: sha1:cfe459125df51b1086de1bc4519c224e9026e282
--! Hash: sha1:6b15dd3bf0a87d7a2b13c4cdda08236233ac1aef

/*
 * Threads that somebody follows, and what is unread in each.
 */
