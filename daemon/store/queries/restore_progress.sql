-- How far an open restore has come: read afresh, still in doubt, and shown as it should be.
select count(*)::int as listings,
    (count(*) filter (where not p.doubtful))::int as fresh,
    (count(*) filter (where p.told = p.desired))::int as told,
    (count(*) filter (where p.doubtful and p.desired = p.restore_value))::int as by_decision
from publication p where p.restore_id = $1;
