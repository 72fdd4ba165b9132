--! Previous: sha1:e10a0071fe3bf88832a86ac45edd4497285822ae
--! Hash: sha1:eba1f18163a3a8e81ee45a99955c968b418a45b6

select;
