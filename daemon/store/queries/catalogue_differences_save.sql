insert into catalogue_difference (channel_account, marketplace, kind, name, text, near, first_seen)
select $1, $2, kind, name, text, near, $4 from jsonb_to_recordset($3::jsonb) as d (kind text, name text, text text, near text[])
on conflict (channel_account, marketplace, kind, name) do update set text = excluded.text, near = excluded.near;
