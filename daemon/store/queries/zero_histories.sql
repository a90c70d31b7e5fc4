-- What became of the stock of these listings' SKUs since they were last told: what was available then, and what
-- movements have changed since. Nothing where the stream no longer reaches back so far.
select
    w.listing_id, w.sku, s.warehouse,
    case
        when then_.number is null and not exists (select 1 from stock_stream e where e.stock_id = s.id) then s.available
        else then_.available
    end as base,
    coalesce(since.moved, 0)::bigint as moved, coalesce(since.outflow, 0)::bigint as outflow
from unnest($1::bigint[], $2::text[], $3::text[], $4::timestamptz[]) as w (listing_id, account, sku, told_at)
join stock s on s.account = w.account and s.sku = w.sku
left join lateral (
    select e.number, e.available
    from stock_stream e
    where e.stock_id = s.id and e.recorded_at <= w.told_at
    order by e.number desc
    limit 1
) as then_ on true
left join lateral (
    select sum(delta) as moved, sum(greatest(-delta, 0)) as outflow
    from (
        select e.kind, e.available - lag(e.available, 1, then_.available) over (order by e.number) as delta
        from stock_stream e
        where e.stock_id = s.id and e.number > then_.number
    ) as entry
    where kind <> 'level'
) as since on true
order by w.listing_id, w.sku, s.warehouse;
