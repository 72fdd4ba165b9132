--! Previous: sha1:d64badc1cd3e001bb36bf9e7369a46e422010ceb
--! Hash: sha1:100ddca7516474ce533f8d0f03713c4fb7c68f56

select;
