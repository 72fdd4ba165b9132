--! Previous: sha1:abadf807f5bb225a8eebf039cb6e3ab5a4d3ef2b
--! Hash: sha1:bc6c595c704fc57a9f9fe18b0d53d61fc98b8bb2

select;
