--! Previous: sha1:5777d241faa1c2017c98c3b2cfaac3cc14dca636
--! Hash: sha1:7fa914916db28959dbf0280f09461afd95d406c2

select;
