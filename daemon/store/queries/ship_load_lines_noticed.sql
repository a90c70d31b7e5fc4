-- What other loads' notices tell of these orders. Their rows are locked, so that two loads never share one remainder.
select number, line, amount from ship_load_line
where channel_account = $1 and number = any ($2::text[]) and load_key <> $3
order by number, line, load_key
for update
