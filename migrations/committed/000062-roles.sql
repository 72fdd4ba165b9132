--! Previous: sha1:edab55e38f2fad750e905a1622e8c22f1a45b0b6
--! Hash: sha1:44f1081e17e19a4db212cf0397eb104c6b6d9b07

select;
