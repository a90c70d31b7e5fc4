delete from catalogue_item where channel_account = $1 and marketplace = $2 and run < $3;
