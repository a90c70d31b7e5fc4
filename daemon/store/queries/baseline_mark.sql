-- Listings not told since the baseline was due, to be told once more; as many as $4 at a time.
with due as (
    select p.listing_id
    from publication p join listing l on l.id = p.listing_id
    where l.channel_account = $1 and p.told_at < $2 and p.tell_again_at is null and p.flight_id is null
        and p.desired is not null and p.desired is distinct from p.refused_value
    order by l.account, l.sku, l.id
    limit $4
    for update of p
)
update publication p set tell_again_at = $3 from due where p.listing_id = due.listing_id;
