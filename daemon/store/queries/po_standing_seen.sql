-- A look has taken this word of the warehouse into account.
update purchase_order set standing_seen = $3
where channel_account = $1 and number = $2 and standing_seen is distinct from $3;
