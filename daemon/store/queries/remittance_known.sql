select digest from remittance where channel_account = $1 and reference = $2;
