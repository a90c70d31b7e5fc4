-- What left under the warehouse's name of the order, for this order or for one that is not said.
select d.account, d.despatch_id, d.warehouse, d.state, d.despatched_at, p.parcel_id, p.revision, p.withdrawn,
    p.package_reference, coalesce(p.content ->> 'carrier', '') as carrier, coalesce(p.content ->> 'service', '') as service,
    coalesce(p.content ->> 'tracking_number', '') as tracking_number
from despatch d
join parcel p using (account, despatch_id)
where d.account = $1 and d.order_reference = $2 and d.channel_account = $3 and d.channel_order_id in ($4, '')
order by d.despatched_at, d.despatch_id, p.parcel_id;
