-- A read that began before the one that the books have changes nothing.
insert into clarus_goods_out (
    tenant, goods_out_id, account, order_reference, code, ended, held, shown_at, changed_at, said
)
select $1, goods_out_id, account, order_reference, code, ended, held, $3, $3, said
from jsonb_to_recordset($2::jsonb) as given (
    goods_out_id text, account text, order_reference text, code text, ended boolean, held boolean, said jsonb
)
order by goods_out_id
on conflict (tenant, goods_out_id) do update
set account = excluded.account, order_reference = excluded.order_reference, code = excluded.code,
    ended = excluded.ended, held = excluded.held, shown_at = excluded.shown_at, said = excluded.said,
    changed_at = case when clarus_goods_out.code = excluded.code then clarus_goods_out.changed_at else excluded.changed_at end
where (clarus_goods_out.said ->> 'number')::bigint < (excluded.said ->> 'number')::bigint;
