select place, document as change, heard_at, state, version, late, word, why from purchase_order_change
where channel_account = $1 and number = $2
order by place;
