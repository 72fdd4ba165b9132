--! Previous: sha1:95d05a21c377d87cf052e085d5bc195c2a39ed48
--! Hash: sha1:33c7a944a89bfa7a82a17a51857967f9afd56325

select;
