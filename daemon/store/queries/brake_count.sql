-- How many listings an account has, and how many moved by much since $2 or since its last brake ended.
select
    (select count(*) from listing where channel_account = $1)::int as listings,
    (
        select count(*)
        from publication p join listing l on l.id = p.listing_id
        where l.channel_account = $1 and p.swung_at >= greatest($2, (select max(ended_at) from brake_event where channel_account = $1))
    )::int as moved;
