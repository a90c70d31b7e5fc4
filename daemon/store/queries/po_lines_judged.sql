update purchase_order_line l
set account = given.account, sku = given.sku, unit = given.unit, step = given.step, needs = given.needs
from jsonb_to_recordset($3::jsonb) as given (line text, account text, sku text, unit bigint, step bigint, needs jsonb)
where l.channel_account = $1 and l.number = $2 and l.line = given.line
    and (l.account, l.sku, l.unit, l.step, l.needs)
        is distinct from (given.account, given.sku, given.unit, given.step, given.needs);
