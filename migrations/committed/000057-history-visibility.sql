--! Previous: sha1:bfb00613428259049d7997f29b9d60cf9fe7ca51
--! Hash: sha1:e26abe792be965cadb59082b047d4ff8803c0994

select;
