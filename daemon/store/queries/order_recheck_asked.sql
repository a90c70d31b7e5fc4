select max(asked_at) from order_recheck where channel_account in ($1, '*');
