--! Previous: sha1:b766d55efd2429cc16a4c699a1b3902e57baefd8
--! Hash: sha1:c2168234a568a4520c2babb0cf2aa61cb8bd5d4c

select;
