-- Eaches of these listings' SKUs that despatches took since they were last told.
select w.listing_id, w.sku, d.warehouse, sum((line ->> 'quantity')::bigint)::bigint as despatched
from unnest($1::bigint[], $2::text[], $3::text[], $4::timestamptz[]) as w (listing_id, account, sku, told_at)
join parcel p
    on p.content -> 'lines' @> jsonb_build_array(jsonb_build_object('sku', w.sku))
    and p.account = w.account and not p.withdrawn
join despatch d
    on d.account = p.account and d.despatch_id = p.despatch_id
    and d.state = 'completed' and d.received_at > w.told_at
cross join lateral jsonb_array_elements(p.content -> 'lines') as line
where line ->> 'sku' = w.sku
group by w.listing_id, w.sku, d.warehouse;
