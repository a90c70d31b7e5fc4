select account, order_reference, revision
from order_standing
join unnest($1::text[], $2::text[]) as given (account, order_reference) using (account, order_reference)
