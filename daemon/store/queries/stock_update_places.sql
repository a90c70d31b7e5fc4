-- Which of the channel's warehouses these listings are in, and how many of an update's items they may be one of.
select l.id, l.marketplace, l.seller_sku, p.together
from listing l join publication p on p.listing_id = l.id
where l.id = any ($1::bigint[]);
