delete from ship_load_line where channel_account = $1 and load_key = $2
