-- Without a fresh reading, until $2; the restore lasts as long.
update restore set allowed_until = $2, until = greatest(until, $2) where id = $1 and ended_at is null;
