select detail ->> 'origin' as origin, detail ->> 'reason' as reason
from alert
where kind = $1 and resolved_at is null
