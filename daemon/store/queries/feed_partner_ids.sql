-- Every name by which the channel knows a feed of this account, of the last days.
select unnest(partner_ids) as partner_id from feed where channel_account = $1 and gathered_at > $2;
