update channel_report set content = $2 where id = $1;
