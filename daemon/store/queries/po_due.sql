-- The next order to be looked at, the one that must be answered first, first.
select number from purchase_order
where channel_account = $1 and look_at <= $2
order by due_at, number
limit $3;
