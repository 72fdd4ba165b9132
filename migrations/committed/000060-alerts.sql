--! Previous: sha1:ff147809b05a7c1f551f8180f4acedbe8ffba561
--! Hash: sha1:2e43ef022c65c9cde378c08178697c59b9aecec4

select;
