--! Previous: sha1:646001566d33d20e2c479903c43486efb1d8db22
--! Hash: sha1:9b100ad2b0a9bdf73ae6d3c245368dc99e8620a1

select;
