-- Lines that waited for a listing which is there now, locked.
select o.id, o.channel_account, o.channel_order_id, o.line_reference, o.order_reference, o.marketplace, o.seller_sku,
    o.ordered, o.cancelled, o.fulfilled, o.ordered_at, o.updated_at, o.mapped_at
from open_line o
where o.channel_account = $1 and o.mapped_at is null
    and exists (
        select 1 from listing l
        where l.channel_account = o.channel_account and l.marketplace = o.marketplace and l.seller_sku = o.seller_sku
    )
order by o.id
limit $2
for update;
