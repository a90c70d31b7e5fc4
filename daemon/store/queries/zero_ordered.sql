-- Eaches of these listings' SKUs that order lines took which we first saw since the listings were last told.
select w.listing_id, w.sku, sum(greatest(0, p.ordered - greatest(p.cancelled, p.withdrawn)))::bigint as ordered
from unnest($1::bigint[], $2::text[], $3::text[], $4::timestamptz[]) as w (listing_id, account, sku, told_at)
join open_line_part p on p.account = w.account and p.sku = w.sku
join open_line l on l.id = p.line_id and l.first_seen > w.told_at
group by w.listing_id, w.sku;
