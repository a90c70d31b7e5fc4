-- All of the order but the one that began at $3.
update invoice_clock set stopped_at = $4
where channel_account = $1 and number = $2 and stopped_at is null and started_at is distinct from $3
