--! Previous: sha1:9b100ad2b0a9bdf73ae6d3c245368dc99e8620a1
--! Hash: sha1:551785107dfafb657cbcb6be20d0da12c23ff6a3

select;
