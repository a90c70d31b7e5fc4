-- $2: of one marketplace, or null for all.
select marketplace, kind, name, text, near, first_seen from catalogue_difference
where channel_account = $1 and ($2::text is null or marketplace = $2)
order by marketplace, kind, name;
