-- The highest revision wins; loads that it was part of are looked at with those that it is part of now.
insert into vendor_despatch as d
    (account, despatch_id, revision, channel_account, number, stage, data, at, load_keys)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (account, despatch_id) do update set
    revision = excluded.revision, channel_account = excluded.channel_account, number = excluded.number,
    stage = excluded.stage, data = excluded.data, at = excluded.at,
    load_keys = array(select distinct unnest(d.load_keys || excluded.load_keys))
where d.revision < excluded.revision
returning load_keys
