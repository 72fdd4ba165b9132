--! Previous: sha1:ce27171494e8373073fb14f8988d39ebd34adeb4
--! Hash: sha1:8e49ae31006037a9926ea1cc0052785f074086db

/*
 * Emoji of an installation's own.
 */
select;
