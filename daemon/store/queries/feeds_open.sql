select * from feed where channel_account = $1 and not settled order by id;
