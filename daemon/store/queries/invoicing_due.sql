select channel_account, number, lacks from invoicing
where channel_account = $1 and look_at <= $2
order by look_at, number
limit $3
for update skip locked
