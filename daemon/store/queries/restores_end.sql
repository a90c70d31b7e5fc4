update restore r set ended_at = $1
where r.ended_at is null and r.until <= $1 and not exists (select 1 from publication p where p.restore_id = r.id);
