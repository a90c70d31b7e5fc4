-- A change that comes, behind those that came before.
insert into purchase_order_change (
    channel_account, number, place, document, digest, heard_at, state, why, version, late, word
)
select $1, $2, coalesce(max(place), 0) + 1, $3, $4, $5, $6, $7, $8, $9, $10
from purchase_order_change where channel_account = $1 and number = $2
returning place;
