insert into order_to_read (channel_account, channel_order_id, asked_at, not_before)
select distinct $1, channel_order_id, $3::timestamptz, $3::timestamptz
from open_line
where channel_account = $1 and ordered > cancelled + fulfilled and ordered_at >= coalesce($2, '-infinity'::timestamptz)
    and not exists (
        select from sales_order
        where sales_order.channel_account = $1 and sales_order.channel_order_id = open_line.channel_order_id
    )
on conflict do nothing;
