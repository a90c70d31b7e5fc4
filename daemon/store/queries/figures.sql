-- The figures that gauges show: what is behind, in doubt, blocked, open.
select
    (select count(*) from stock_trouble where doubt_since is not null)::int as doubts,
    (select count(*) from stock_trouble where gap_since is not null)::int as gaps,
    (select count(*) from outbox)::int + (select count(*) from stock_outbox)::int as outbox_waiting,
    (select min(recorded_at) from stock_outbox) as relay_oldest,
    (select count(*) from parked where state = 'parked')::int as parked,
    (select count(*) from dirty)::int as marks;
