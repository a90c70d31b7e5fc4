-- A part that changed counts again, until the next look finds that it takes nothing any more.
insert into open_line_part (
    line_id, account, sku, order_reference, per_unit, ordered, cancelled, withdrawn, revision, claims
)
select line_id, account, sku, order_reference, per_unit, ordered, cancelled, withdrawn, revision, claims
from jsonb_to_recordset($1::jsonb) as given (
    line_id bigint, account text, sku text, order_reference text, per_unit integer, ordered bigint, cancelled bigint,
    withdrawn bigint, revision integer, claims jsonb
)
order by line_id, sku, account
on conflict (line_id, sku, account) do update
set ordered = excluded.ordered, cancelled = excluded.cancelled, withdrawn = excluded.withdrawn,
    revision = excluded.revision, claims = excluded.claims, closed_at = null;
