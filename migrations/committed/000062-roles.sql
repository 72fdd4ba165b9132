--! Previous: sha1:318c5b7414d54daa36efdd5bac9507becf20ee0a
--! Hash: sha1:ac6b674a0f31c17b3b7c340a3bad4a6ddbc2c121

select;
