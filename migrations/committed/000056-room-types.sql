--! Previous: sha1:ad10e2c09915f9705c345ef1253c56368ec25bc4
--! Hash: sha1:a9394dfbc8b2e8832e36f9eac5ae83d935c50cd9

select;
