update invoicing set look_at = $3, lacks = $4 where channel_account = $1 and number = $2
