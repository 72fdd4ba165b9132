--! Previous: sha1:831b69b4503eb8b5a42959b120b75854a2f691a1
--! Hash: sha1:80d78a2fe136412eda16863e8f75b01a62636074

/*
 * Polls: a question with answers in a room, and who has chosen which.
 */
