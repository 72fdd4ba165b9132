--! Previous: sha1:2b71ea06a6b1d4ebed2f91d88d931c2f510c2c02
--! Hash: sha1:819d86a73a16ddc1afa28ccc683fb08140b89a72

select;
