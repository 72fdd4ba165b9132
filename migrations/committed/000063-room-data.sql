--! Previous: sha1:33cc684849c77520b117a94be4282f1b1c5eb89a
--! Hash: sha1:a37535da578388e214e118e01cadf92f92ffee97

select;
