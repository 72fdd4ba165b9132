--! Previous: sha1:30bfb1ebd7ef921c593d39a8e260b2848c259ae3
--! Hash: sha1:c72948256319673110a25a5dec8bae545ff2719c

select;
