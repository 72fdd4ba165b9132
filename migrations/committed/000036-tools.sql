--! Previous: sha1:199b73bf2c38125c19b504659c45e0eab6f970f0
--! Hash: sha1:b7032cc7304a3a0c0549bb107a192d0abd3e5dae

/*
 * What posts into rooms from outside, bots, and what they offer in messages.
 */

select 1;
