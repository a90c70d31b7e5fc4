-- The next number of a series: taken with the invoice that bears it, or not at all.
insert into invoice_series as s (name, issued) values ($1, 1)
on conflict (name) do update set issued = s.issued + 1
returning issued
