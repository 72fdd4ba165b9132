--! Previous: sha1:254f7543560eaa957c77dba23cd7b880af298152
--! Hash: sha1:533423d50ac193a65e29b7e22a74175b8d50ed74

-- monitoring
select 1;
