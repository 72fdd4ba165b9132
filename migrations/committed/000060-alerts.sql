--! Previous: sha1:af4314fa0d74200a85113e0c9ae06c6ea266a889
--! Hash: sha1:a8fa12be7715616f8d5bdee031638cb20347d30d

select;
