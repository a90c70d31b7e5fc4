insert into feed_history (feed_id, at, state, note) values ($1, $2, $3, $4);
