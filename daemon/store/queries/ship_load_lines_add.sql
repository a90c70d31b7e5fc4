insert into ship_load_line (channel_account, load_key, number, line, amount)
select $1, $2, number, line, amount from unnest($3::text[], $4::text[], $5::int[]) as told (number, line, amount)
