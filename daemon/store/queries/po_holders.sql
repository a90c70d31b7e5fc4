-- When these purchase orders are to be served, and whether they are owed what they hold.
select o.channel_account, o.number, o.answered_version > 0 as promised, o.ordered_at,
    o.document -> 'ship_window' as ship_window, o.document -> 'delivery_window' as delivery_window
from unnest($1::text[], $2::text[]) as k (channel_account, number)
join purchase_order o on o.channel_account = k.channel_account and o.number = k.number and o.state <> 'ended';
