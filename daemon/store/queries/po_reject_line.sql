-- A person rejects one line of an order that is not answered yet.
update purchase_order o
set rejections = o.rejections || jsonb_build_object($3::text, $4::text), look_at = $5
where o.channel_account = $1 and o.number = $2 and o.state in ('received', 'held')
    and exists (
        select from purchase_order_line l
        where l.channel_account = o.channel_account and l.number = o.number and l.line = $3
    )
returning o.number;
