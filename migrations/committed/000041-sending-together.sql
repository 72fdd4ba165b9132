--! Previous: sha1:5568c45a2f8bf658b66f333cde1b5288a3ebe70d
--! Hash: sha1:9194a6db6bde853f31266ba5409121ecb4707f86

-- sending-together
select 1;
