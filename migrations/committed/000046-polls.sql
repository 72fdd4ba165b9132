--! Previous: sha1:fe65dd115b5f20fb1b8276ed5d85ff6837c51472
--! Hash: sha1:8a96fa270a2e17e6313b8150551d8d660b771464

/*
 * Polls: a question with answers in a room, and who has chosen which.
 */
