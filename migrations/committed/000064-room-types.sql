--! Previous: sha1:819d86a73a16ddc1afa28ccc683fb08140b89a72
--! Hash: sha1:b9896a55b22dd9c0947851a17d75f73baea9fd2f

select;
