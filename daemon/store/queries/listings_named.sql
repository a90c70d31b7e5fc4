select id, channel_account, marketplace, seller_sku, account, sku, pack_size, buffer_units, buffer_percent, share_percent,
    cap, floor, lead_time_days, product_type, stopped, velocity_class, priority, reserve, components
from listing
join unnest($2::text[], $3::text[]) as given (marketplace, seller_sku) using (marketplace, seller_sku)
where channel_account = $1;
