update catalogue_walk set state = null, next_at = $3, compared_at = $4 where channel_account = $1 and marketplace = $2;
