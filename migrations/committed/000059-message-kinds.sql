--! Previous: sha1:c39c8c33668bad9e336699c0f3fb42d24e56dbd9
--! Hash: sha1:4fd4d664455940b6b19dc9de4862c5a25354e11d

select;
