--! Previous: sha1:b54506e37896d8237dc8a04f9a1e23536841d567
--! Hash: sha1:b430df4f256ae89c9c609b16d9d399d4a1beb955

-- background-indexing
select 1;
