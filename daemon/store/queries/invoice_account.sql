-- An invoice with the credit notes against it; what a person has given up does not count.
select document from invoice
where channel_account = $1 and (number = $2 or kind = 'credit_note' and credits = $2 and cancelled_at is null)
order by kind desc, number;
