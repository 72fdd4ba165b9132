--! Previous: sha1:d3fae15f975c58f7a1c5d0f01ddca33a407c0b0d
--! Hash: sha1:ca385a203e6049d7e0fe9b572b148123dedb0082

/*
 * What is sent or recalled later, saved, forwarded and quoted.
 */
