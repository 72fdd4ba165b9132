--! Previous: sha1:08923c46b8d7a8b9c2e6149a66454f6fd8901d26
--! Hash: sha1:2d7bbff65682b20b51652f0c0ffdba74fe77c829

select;
