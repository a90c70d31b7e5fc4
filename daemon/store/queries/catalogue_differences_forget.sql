delete from catalogue_difference d
using unnest($3::text[], $4::text[]) as g (kind, name)
where d.channel_account = $1 and d.marketplace = $2 and d.kind = g.kind and d.name = g.name;
