--! Previous: sha1:1a841f7bab3a7648e2e28ebf0adffe5c8ad1fd67
--! Hash: sha1:5f82d26f1da80cb88f6944d8df4cd004a0904b23

select;
