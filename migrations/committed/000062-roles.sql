--! Previous: sha1:9c2dafbb8202bcae2b4e29ecdd584df02c78c0bc
--! Hash: sha1:a141d8dac6636b7dbafe3bcc3a503cc8b0f138f9

select;
