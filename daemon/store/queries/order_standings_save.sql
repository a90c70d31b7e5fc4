insert into order_standing (account, order_reference, revision, standing, lines, at)
select account, order_reference, revision, standing, lines, at
from jsonb_to_recordset($1::jsonb) as given (
    account text, order_reference text, revision integer, standing text, lines jsonb, at timestamptz
)
order by account, order_reference
on conflict (account, order_reference) do update
set revision = excluded.revision, standing = excluded.standing, lines = excluded.lines, at = excluded.at
where order_standing.revision < excluded.revision
