-- The invoices that these numbers are of, or are credit notes against; locked.
select number from invoice
where channel_account = $1 and kind = 'invoice'
    and (number = any ($2::text[])
        or number in (select credits from invoice where channel_account = $1 and kind = 'credit_note' and number = any ($2)))
order by number
for update;
