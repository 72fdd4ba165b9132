--! Previous: sha1:8798fa887ab27f8cdcdfdf3490324e75dbf688b0
--! Hash: sha1:72f21810ed8cbb83101143e7422f37d892b12f27

select;
