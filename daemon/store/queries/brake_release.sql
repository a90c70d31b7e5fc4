-- Releases by seller SKU what the event holds; answers with the names that it holds indeed.
with held as (
    select l.id, l.seller_sku
    from brake_event e
    join listing l on l.channel_account = e.channel_account
    join publication p on p.listing_id = l.id
    where e.id = $1 and e.ended_at is null and l.seller_sku = any ($2::text[])
        and p.zero_since >= e.covers_from and p.zero_cause = '' and p.desired = 0
),
released as (
    insert into brake_release (event_id, listing_id, released_at)
    select $1, id, $3 from held
    on conflict do nothing
)
select distinct seller_sku from held;
