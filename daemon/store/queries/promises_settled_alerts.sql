-- Open alerts about promises that have been kept since.
select a.cause from alert a
join promise p on a.cause = p.kind || '/' || p.subject
where a.kind = $1 and a.resolved_at is null and p.settled_at is not null;
