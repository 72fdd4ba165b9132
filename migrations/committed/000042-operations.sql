--! Previous: sha1:29df449493be9bf26a3f53b0dd1d42ca7030f7a3
--! Hash: sha1:cb1f28d17c11e15fc528f1cc324ab6847d054bb0

-- operations
select 1;
