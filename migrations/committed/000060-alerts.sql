--! Previous: sha1:20d61e1db2e715325d79833998917385a6b7a598
--! Hash: sha1:84fc5cedccebee823ba3bcc7c13d7af85d8fd725

select;
