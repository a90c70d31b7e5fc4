-- What waits for people: alerts, decisions and promises past their time.
select 'alert' as what, severity, owner, count(*)::int as n from alert where resolved_at is null group by severity, owner
union all
select 'decision', '', owner, count(*)::int from decision where decided is null group by owner
union all
select 'promise', '', owner, count(*)::int from promise where settled_at is null and deadline < $1 group by owner;
