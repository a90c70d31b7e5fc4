-- Orders with their lines' products and the newest answer that stands.
select o.number, o.document,
    (
        select jsonb_agg(jsonb_build_object('document', l.document, 'sku', l.sku, 'unit', l.unit, 'needs', l.needs) order by l.place)
        from purchase_order_line l
        where l.channel_account = o.channel_account and l.number = o.number
    ) as lines,
    (
        select s.acknowledgement from purchase_order_said s
        where s.channel_account = o.channel_account and s.number = o.number and s.state = any ($3::text[])
        order by s.sequence desc
        limit 1
    ) as said
from purchase_order o
where o.channel_account = $1 and o.number = any ($2::text[])
