--! Previous: sha1:a37535da578388e214e118e01cadf92f92ffee97
--! Hash: sha1:8ef8b005000146e7e43db683082e8a4c6ddaee69

select;
