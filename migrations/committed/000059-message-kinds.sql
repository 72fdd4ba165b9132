--! Previous: sha1:aa77dc37fa74fcf5b86f5830c873c6e782043d41
--! Hash: sha1:a080c4436427892f6e753bace7dddcc6e5306296

select;
