--! Previous: x
--! Hash: x

select;
