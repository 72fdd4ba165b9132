--! Previous: sha1:aa43675536776bbfb63007aff709f1c5381513da
--! Hash: sha1:ebcf2f55e2c85bdbc61a359fe1468e479bfa3e14

/*
 * What posts into rooms from outside, bots, and what they offer in messages.
 */

select 1;
