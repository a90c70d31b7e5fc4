update channel_report set subject = $2, body = $3 where id = $1;
