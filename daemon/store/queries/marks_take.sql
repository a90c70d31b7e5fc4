-- The oldest marks. Taking one waits for the intake that is renewing it, and so never loses its change.
delete from dirty d
using (
    select account, sku from dirty order by marked_at limit $1 for update skip locked
) as taken
where d.account = taken.account and d.sku = taken.sku
returning d.account, d.sku, d.marked_at;
