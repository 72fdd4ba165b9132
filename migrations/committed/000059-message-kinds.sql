--! Previous: sha1:133b7b9f01b30b6cc6e6987d276454f878c5c78c
--! Hash: sha1:28a93b4bfb75a9b21aa0cc860ff2e904d93882ec

select;
