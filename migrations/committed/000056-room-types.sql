--! Previous: sha1:1b491eff2d6bed18a3b905cf8b8f5acde48a7d35
--! Hash: sha1:ced7ab84adb2e1fef6b1c11299bbf6785be2c8dd

select;
