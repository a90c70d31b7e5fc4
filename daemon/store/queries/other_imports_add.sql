insert into other_import (channel_account, connector_id, name, since)
select $1, connector_id, name, $4 from unnest($2::text[], $3::text[]) as given (connector_id, name)
order by connector_id
on conflict (channel_account, connector_id) do update set name = excluded.name
where other_import.name <> excluded.name
returning connector_id;
