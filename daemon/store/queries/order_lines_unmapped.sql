-- What channels have sold under names that no listing has, and still owe.
select channel_account, count(*)::int as lines, sum(ordered - cancelled - fulfilled)::bigint as units,
    array_agg(distinct marketplace || '/' || seller_sku order by marketplace || '/' || seller_sku) as names
from open_line
where mapped_at is null and ordered > cancelled + fulfilled
group by channel_account;
