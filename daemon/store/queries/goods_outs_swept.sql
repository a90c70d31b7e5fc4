-- Of the goods outs that a page shows, those that must be read in full; all of them are marked as shown.
-- $5: completed later than this, it may have been taken back and completed again since. $6: codes of what has not
-- started. Awaited: noted as over before our time, and an order of a channel's that we heard of later.
with given as (
    select goods_out_id, code from unnest($2::text[], $3::text[]) as u (goods_out_id, code)
), seen as (
    update clarus_goods_out g set sweep = $4
    from given
    where g.tenant = $1 and g.goods_out_id = given.goods_out_id
    returning g.goods_out_id, g.code, g.ended, g.held, g.changed_at,
        (g.said ->> 'noted')::boolean and exists (
            select from sales_order s
            where s.order_reference = g.order_reference and s.status not in ('despatched', 'cancelled')
        ) as awaited
)
select given.goods_out_id
from given
left join seen using (goods_out_id)
where seen.goods_out_id is null
    or seen.code <> given.code
    or seen.held
    or seen.awaited
    or (not seen.ended and not given.code = any ($6::text[]))
    or (seen.ended and seen.changed_at > $5);
