-- What was told beside the feed since it was gathered is no message of it: the document would bring an older value back.
with overtaken as materialized (
    select a.id, a.listing_id
    from publication_attempt a
    join publication p on p.listing_id = a.listing_id
    join listing l on l.id = a.listing_id
    where a.feed_id = $1 and a.ended_at is null and p.flight_id is distinct from a.id
    order by l.account, l.sku, l.id
    for update of p
),
ended as (
    update publication_attempt a
    set state = 'never_left', ended_at = $2, answer = 'something newer was told before the feed was uploaded'
    from overtaken where a.id = overtaken.id
)
update publication p set tell_again_at = $2 from overtaken where p.listing_id = overtaken.listing_id;
