--! Previous: sha1:3ff4cb879b71828ac16d703e7794f30fa931a81e
--! Hash: sha1:556ce2592c592d76ff5887470fe7e31fe7661a32

select;
