--! Previous: sha1:29f1291f460537ebcf8e6c5bd2098c881a55ffef
--! Hash: sha1:a2f7f8b88783c7a35f553a6e545bdfa1f0dfd703

select;
