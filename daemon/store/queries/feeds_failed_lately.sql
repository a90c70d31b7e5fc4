-- The ends of this account's latest feeds that were submitted or failed, newest first.
select failed, settled_at from feed
where channel_account = $1 and settled and (failed or submissions > 0)
order by settled_at desc
limit 10;
