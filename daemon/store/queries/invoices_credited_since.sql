-- Invoices that something was paid for, and that were credited since their standing was written down.
select s.number from invoice_standing s
where exists (
    select from invoice c
    where c.credits = s.number and c.kind = 'credit_note' and c.channel_account = $1
        and greatest(c.issued_at, c.cancelled_at) > s.at
)
order by s.number
limit $2;
