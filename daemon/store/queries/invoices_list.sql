-- Invoices, newest first, with where their payment stands.
select i.number, i.channel_account, i.purchase_order, i.issued_at, i.document ->> 'currency' as currency,
    (i.document ->> 'total')::numeric as total, coalesce(s.state, 'open') as state, coalesce(s.paid, 0) as paid,
    i.cancelled_at is not null as given_up
from invoice i
left join invoice_standing s on s.number = i.number
where i.kind = 'invoice' and ($1 = '' or i.channel_account = $1) and ($2 = '' or coalesce(s.state, 'open') = $2)
order by i.issued_at desc, i.number desc
limit $3;
