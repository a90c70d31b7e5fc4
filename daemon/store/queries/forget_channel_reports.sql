-- The newest that was read stays, however old it is.
delete from channel_report r
where id in (
    select id from channel_report o
    where o.settled_at < $1 and exists (
        select from channel_report n
        where n.channel_account = o.channel_account and n.report_type = o.report_type and n.state = 'read' and n.id > o.id
    )
    order by settled_at limit $2
);
