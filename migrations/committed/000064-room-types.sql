--! Previous: sha1:5f82d26f1da80cb88f6944d8df4cd004a0904b23
--! Hash: sha1:d4cd59a4e284c8b0a43d7d3e58413a935926699e

select;
