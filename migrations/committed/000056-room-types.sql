--! Previous: sha1:16831c6a89650ef73b98eb22107a2dd6ce42db71
--! Hash: sha1:29f1291f460537ebcf8e6c5bd2098c881a55ffef

select;
