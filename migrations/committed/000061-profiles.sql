--! Previous: sha1:112fef4209c45072edc95a0cb48a990c50abece0
--! Hash: sha1:57b46e15b8b7466f705b48814a92a74882a60e59

select;
