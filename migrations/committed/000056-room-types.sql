--! Previous: sha1:4e87ebe125e35ab118fbf711c0400e710f155cf5
--! Hash: sha1:d0f6004b4ec4653f5018c59162b1dd91ea126ce8

select;
