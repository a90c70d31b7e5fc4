delete from invoicing where channel_account = $1 and number = $2
