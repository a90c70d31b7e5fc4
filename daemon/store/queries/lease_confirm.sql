-- Still ours, with the fence that we took it with? Locked until the transaction ends: whoever takes it over waits for that.
select 1
from lease
where name = $1 and holder = $2 and fence = $3 and expires_at > clock_timestamp()
for share;
