--! Previous: sha1:dca47353b48038b6b958e680b5b538321b09b7e7
--! Hash: sha1:0ea275d5c0e4534cc6468df887fe91f2c4e386ae

select;
