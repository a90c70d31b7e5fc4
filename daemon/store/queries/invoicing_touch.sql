insert into invoicing as i (channel_account, number, look_at)
select $1, number, $3 from unnest($2::text[]) as number order by number
on conflict (channel_account, number) do update set look_at = least(i.look_at, excluded.look_at)
