-- One open row per (kind, cause). Only a row that is new gets history; raising it again counts and updates it.
with wanted as (
    select *
    from unnest(
        $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[],
        $9::integer[]
    ) with ordinality as wanted (kind, cause, subject, owner, severity, text, detail, deadline, times, place)
),
raised as (
    insert into alert (kind, cause, subject, owner, severity, text, detail, deadline, times, raised_at, last_at)
    select kind, cause, subject, owner, severity, text, detail::jsonb, deadline, times, $10, $10
    from wanted
    order by place
    on conflict (kind, cause) where resolved_at is null do update set
        subject = excluded.subject,
        text = excluded.text,
        detail = excluded.detail,
        deadline = coalesce(excluded.deadline, alert.deadline),
        times = alert.times + excluded.times,
        last_at = excluded.last_at
    returning alert.*, xmax = 0 as is_new
),
noted as (
    insert into alert_history (alert_id, at, what, text)
    select id, $10, 'raised', text from raised where is_new
)
select id, kind, cause, subject, owner, severity, text, detail::text as detail, deadline, raised_at, resolved_at
from raised
where is_new
order by id
