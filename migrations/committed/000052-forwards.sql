--! Previous: sha1:5efbee71c3439e5bbfbae76578e0e95671c90a5a
--! Hash: sha1:35090022c8eaaa01abdf5cb250ecf56d4b337500

/*
 * Messages forwarded and quoted.
 */
select;
