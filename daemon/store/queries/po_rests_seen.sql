-- A look has taken these words of the warehouse into account.
update purchase_order_rest r set seen = s.revision
from order_standing s
where r.channel_account = $1 and r.number = $2 and s.account = r.account and s.order_reference = r.reference
    and r.seen is distinct from s.revision;
