-- What was paid for an invoice and for the credit notes against it, the oldest first.
select i.reference, r.paid_on, r.currency, i.item
from remittance_item i
join remittance r on r.channel_account = i.channel_account and r.reference = i.reference
where i.channel_account = $1 and (i.number = $2 or i.number in (
    select number from invoice where channel_account = $1 and kind = 'credit_note' and credits = $2
))
order by r.heard_at, i.reference, i.place;
