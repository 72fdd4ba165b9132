--! Previous: sha1:c72948256319673110a25a5dec8bae545ff2719c
--! Hash: sha1:c40cc1ab1900cce21dd8af05832bf0248c71104d

select;
