--! Previous: sha1:4c8d89815a3bba81bf983f343703b646ae0f372d
--! Hash: sha1:5777d241faa1c2017c98c3b2cfaac3cc14dca636

select;
