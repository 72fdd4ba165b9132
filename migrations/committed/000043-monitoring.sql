--! Previous: sha1:4e1e11da8d43a96fb8a32c5f08f5e7d3fc7d6fb7
--! Hash: sha1:868382ab80e99fea4558a7f394f6b9599f6eef47

-- monitoring
select 1;
