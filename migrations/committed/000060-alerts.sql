--! Previous: sha1:28a93b4bfb75a9b21aa0cc860ff2e904d93882ec
--! Hash: sha1:21a367647d8f7845a1d55070ffe152c7d8bed347

select;
