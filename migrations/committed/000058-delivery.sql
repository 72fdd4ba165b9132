--! Previous: sha1:50d87e4db71443d04271cd0d3b1b53911787605c
--! Hash: sha1:aa77dc37fa74fcf5b86f5830c873c6e782043d41

select;
