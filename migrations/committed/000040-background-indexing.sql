--! Previous: sha1:fe6406ba35faf64567b303230aff27537a094870
--! Hash: sha1:00753309e8597b88918f793efb5f2abd0f38c522

-- background-indexing
select 1;
