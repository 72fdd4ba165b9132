--! Previous: sha1:05f0f23f022bb89d3ba028882b53c0f2e3f0ef9e
--! Hash: sha1:d7edae7b8a99d777c6fa88bf47a1fff3c22b10d5

/*
 * Threads that somebody follows, and what is unread in each.
 */
