--! Previous: sha1:454fb6962726a9cc2b5e2714f6fe02070e7f71fc
--! Hash: sha1:7c43e80d5d0a707a8e28d2d27867a3e91888bf9f

select;
