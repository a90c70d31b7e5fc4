-- What goes into the document, for listings that still exist and were not left out.
select a.message_id, a.value, l.seller_sku, l.product_type, l.lead_time_days
from publication_attempt a join listing l on l.id = a.listing_id
where a.feed_id = $1 and a.ended_at is null
order by a.message_id;
