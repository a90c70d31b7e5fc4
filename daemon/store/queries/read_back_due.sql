-- The readings that are due, the most urgent reason first; none of what is in a running feed, which proves nothing. $4 names the reasons in their order.
select p.listing_id, l.seller_sku, l.marketplace, p.read_back_why as why
from publication p join listing l on l.id = p.listing_id
where l.channel_account = $1 and p.read_back_at <= $2
    and (p.flight_id is null or p.flight_state = 'unknown' or p.flight_over_at is null)
order by array_position($4::text[], p.read_back_why) nulls last, p.read_back_at
limit $3;
