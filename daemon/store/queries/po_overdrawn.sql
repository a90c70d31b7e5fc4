select channel_account, number, overdrawn from purchase_order
where overdrawn <> '{}' and state <> 'ended'
order by channel_account, number
limit $1;
