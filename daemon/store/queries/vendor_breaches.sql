-- Clocks of retailers that ran out since $1, as of $2.
select account, document, count(*)::int as breaches
from (
    select split_part(subject, '/', 1) as account, 'acknowledgement' as document
    from promise
    where kind = 'po_acknowledged' and deadline >= $1 and deadline < $2 and coalesce(settled_at, $2) > deadline
    union all
    select channel_account, 'ship_notice' from ship_load where breached_at >= $1
    union all
    select channel_account, 'invoice' from invoice_clock where breached_at >= $1
) as breach
group by 1, 2
