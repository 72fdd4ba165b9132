--! Previous: sha1:a3167a6c4d2e99bd15c9f991cf9b0ce73b2d6643
--! Hash: sha1:ae9a652eff90e151035d63e1ab8131ec0f115834

select;
