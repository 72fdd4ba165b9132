--! Previous: sha1:2b87d724cfb946c5284f6c90b378ad49f40d4771
--! Hash: sha1:1270c1f861796ee060590871e9226c22319a6147

-- monitoring
select 1;
