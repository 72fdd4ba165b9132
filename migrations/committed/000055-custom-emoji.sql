--! Previous: sha1:bdc508853ad5409df89bed5cec3d69a0d7e4a771
--! Hash: sha1:bf7251cb075f57242eede9a18fbe5c1cb8bf5b9e

/*
 * Emoji of an installation's own.
 */
select;
