--! Previous: sha1:46ae1c9fc467e5c73a9aaa84668b9607cef57610
--! Hash: sha1:c11a17b5386e6da082fceb4dad89703295b172ae

/*
 * Polls: a question with answers in a room, and who has chosen which.
 */
