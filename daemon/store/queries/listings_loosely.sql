-- By the index listing_loosely: names without case, punctuation and leading zeros.
select marketplace, seller_sku
from listing
where channel_account = $1
    and ltrim(lower(regexp_replace(seller_sku, '[^[:alnum:]]', '', 'g')), '0') = any ($2::text[])
order by marketplace, seller_sku
limit 1000;
