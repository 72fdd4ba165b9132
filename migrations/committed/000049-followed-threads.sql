--! Previous: sha1:7dc25c7d38bc39e599efacd2b624f7da68171f14
--! Hash: sha1:b74357dabd73adf99d723a0f9e6e141969d78fa6

/*
 * Threads that somebody follows, and what is unread in each.
 */
