--! Previous: sha1:40c8d68e726935db50201a092d666fa0a9000cc8
--! Hash: sha1:36f9edb1d0d94d6ecf7bf2dde09aacf2f856fe14

select;
