-- How many balances the books know in what a tenant shows, and how many of them its last whole sweep did not.
with whole as (
    select case when started_at is null then sweep else sweep - 1 end as sweep from clarus_sweep where tenant = $1
)
select
    count(*)::int as known,
    (count(*) filter (where not exists (
        select from clarus_seen n, whole
        where n.account = s.account and n.warehouse = s.warehouse and n.sku = s.sku and n.tenant = $1
            and n.sweep >= whole.sweep
    )))::int as absent
from stock s
where s.warehouse = any ($2::text[]) and s.account = any ($3::text[]) and s.available > 0;
