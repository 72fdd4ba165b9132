--! Previous: sha1:af2579f32d370bd9627fbf76356812eec6b0b500
--! Hash: sha1:8798fa887ab27f8cdcdfdf3490324e75dbf688b0

select;
