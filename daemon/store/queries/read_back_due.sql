-- The readings that are due, the most urgent reason first. $4 names the reasons in their order.
select p.listing_id, l.seller_sku, l.marketplace, p.read_back_why as why
from publication p join listing l on l.id = p.listing_id
where l.channel_account = $1 and p.read_back_at <= $2
order by array_position($4::text[], p.read_back_why) nulls last, p.read_back_at
limit $3;
