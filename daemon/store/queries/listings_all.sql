select id, channel_account, marketplace, seller_sku, account, sku, pack_size, buffer_units, buffer_percent, share_percent,
    cap, floor, lead_time_days, product_type, stopped, velocity_class, priority, reserve, components, zero_rule
from listing
where $1::text is null or channel_account = $1
order by channel_account, marketplace, seller_sku;
