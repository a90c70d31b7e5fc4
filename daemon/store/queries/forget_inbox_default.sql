delete from inbox_default where received_at < $1
