--! Previous: sha1:42c0ccb3e41ed183603fb0ae37926373dcb9acb0
--! Hash: sha1:22c1b259e9528c47862e6e13f26e0c90e50f99f0

select;
