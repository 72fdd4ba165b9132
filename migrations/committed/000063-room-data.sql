--! Previous: sha1:d6576beea2de57f39def69f6bbfb5ec6a3aa9dd1
--! Hash: sha1:abadf807f5bb225a8eebf039cb6e3ab5a4d3ef2b

select;
