--! Previous: sha1:4a5961f3e8f695d3453926f6a58c9396ef860f2b
--! Hash: sha1:42c0ccb3e41ed183603fb0ae37926373dcb9acb0

select;
