--! Previous: sha1:5af978bb770e79b0cf1dd0e90f929439bf940432
--! Hash: sha1:1a805468f06f18e0656a9ebba33d8ec92b5e0e5b

/*
 * What is brought in from elsewhere.
 */
select;
