select number from invoice where channel_account = $1 and number = any ($2::text[]);
