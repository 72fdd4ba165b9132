--! Previous: sha1:efcf9845d350de32de6eb663e30a6edb9f15c4d5
--! Hash: sha1:33b73249732aa10c658571abacfa32830f6982c9

/*
 * What is sent or recalled later, saved, forwarded and quoted.
 */
