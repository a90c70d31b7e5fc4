-- The next orders to be looked at that came by a transport, those that must be answered first, first.
select number, state from purchase_order
where channel_account = $1 and look_at <= $2 and transport = $4
order by due_at, number
limit $3;
