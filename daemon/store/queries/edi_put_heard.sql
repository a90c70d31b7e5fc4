-- What waited for its document to be put is looked at now: answers, notices and invoices of an account.
with said as (
    update purchase_order_said s set look_at = $2
    from edi_document d
    where s.channel_account = $1 and s.state = 'made' and d.id = substr(s.transaction_id, 5)::bigint
        and d.state <> 'waiting'
)
update effect e set due = $2
from edi_document d
where e.lane = 'vendor_documents' and e.account = $1 and e.state = 'accepted' and e.reason = 'made'
    and d.id = substr(e.request_id, 5)::bigint and d.state <> 'waiting';
