insert into channel_report (channel_account, report_type, state, begun_at, due_at)
values ($1, $2, 'wanted', $3, $3)
on conflict (channel_account, report_type) where settled_at is null do nothing;
