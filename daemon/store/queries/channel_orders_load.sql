select
    o.channel_account, o.channel_order_id, o.programmes, o.marketplace, o.status, o.lines, o.packages,
    array(
        select p.package_reference
        from jsonb_array_elements(o.packages) as shown
        join parcel p on p.package_reference = shown ->> 'package_reference'
    ) as ours
from channel_order o
join unnest($1::text[], $2::text[]) as given (channel_account, channel_order_id) using (channel_account, channel_order_id)
