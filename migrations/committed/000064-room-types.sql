--! Previous: sha1:5dac5987bad14e5582d19dedfdf8d30f939b7848
--! Hash: sha1:c889353c68fdc9a42757c0bfd39713941f3f331f

select;
