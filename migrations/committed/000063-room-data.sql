--! Previous: sha1:173d618030df248704f3ed66b4f5cdb2973cbc35
--! Hash: sha1:b766d55efd2429cc16a4c699a1b3902e57baefd8

select;
