select channel_account as account, marketplace, id as feed, state, array_to_string(partner_ids, ' ') as channel_feed,
    last_message as messages, gathered_at as gathered, submitted_at as submitted, reason
from feed where not settled
order by channel_account, id;
