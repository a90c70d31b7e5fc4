-- Nothing of its buyer. The stock owner as the warehouse was told it, or as it was cleared.
select s.channel_account, s.channel_order_id, s.order_reference, s.status, s.status_word, s.version, s.ordered_at,
    s.first_seen, s.changed_at, s.released_at, s.ended_at, jsonb_array_length(s.lines) as lines,
    coalesce(w.account, s.cleared ->> 'account', '') as stock_owner
from sales_order s
left join warehouse_order w using (channel_account, channel_order_id)
where s.channel_account = $1 and s.channel_order_id = $2;
