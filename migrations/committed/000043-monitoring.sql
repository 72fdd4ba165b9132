--! Previous: sha1:cb1f28d17c11e15fc528f1cc324ab6847d054bb0
--! Hash: sha1:04578bb1c68319cd013f57379827192929440757

-- monitoring
select 1;
