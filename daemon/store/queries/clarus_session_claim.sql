-- $2: the login that was found used up, $3: now, $4: until when the claim holds.
insert into clarus_session as known (tenant, claimed_until)
values ($1, $4)
on conflict (tenant) do update
set claimed_until = excluded.claimed_until
where known.number = $2 and (known.claimed_until is null or known.claimed_until <= $3)
returning number;
