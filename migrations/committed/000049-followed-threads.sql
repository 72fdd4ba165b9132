--! Previous: sha1:02cd90313c8d3b26da446676aaa27173161952ee
--! Hash: sha1:a2403995613561eb3dd83a2c025ccd0fca566ab8

/*
 * Threads that somebody follows, and what is unread in each.
 */
