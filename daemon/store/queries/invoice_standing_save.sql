insert into invoice_standing (number, state, owed, paid, discount, at)
values ($1, $2, $3, $4, $5, $6)
on conflict (number) do update
set state = excluded.state, owed = excluded.owed, paid = excluded.paid, discount = excluded.discount, at = excluded.at;
