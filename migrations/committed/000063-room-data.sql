--! Previous: sha1:0bd0aa8faef1547acd5a82f292f26336ac17b89d
--! Hash: sha1:4b4302e3fa723c22dcc20f187106e9401182a70c

select;
