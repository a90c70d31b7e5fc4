-- Documents to a retailer of which something is due: to be sent, to be repeated, or to be looked at. One without a
-- deadline, a notice that replaces another, has waited since it was due: it does not wait for a day of invoices.
select id, kind, subject, unique_key, account, state, payload, reason, detail, due, deadline, attempt, reads, sent_at,
    over_at, holder, request_id, received_at
from effect
where lane = 'vendor_documents' and account = $1 and state in ('waiting', 'unknown', 'accepted') and due <= $2
order by coalesce(deadline, due), due, id
limit $3
for update skip locked
