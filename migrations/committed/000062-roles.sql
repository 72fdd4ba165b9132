--! Previous: sha1:5326cff3be5c1e9dc6e829ef768b19df9301ba4c
--! Hash: sha1:32ef0b1a449ea61ba48cef74b58b60de7f876b2a

select;
