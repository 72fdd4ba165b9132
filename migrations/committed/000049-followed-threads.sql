--! Previous: sha1:ae3f016eec634ae756438c4c86e28a13f40fa191
--! Hash: sha1:f933cb8233e38d581ba32691ffa7a5431a3defd5

/*
 * Threads that somebody follows, and what is unread in each.
 */
