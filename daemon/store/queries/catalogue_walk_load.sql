select run, state, next_at from catalogue_walk where channel_account = $1 and marketplace = $2 for update;
