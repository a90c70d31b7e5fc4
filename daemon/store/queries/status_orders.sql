-- Orders of each account that are not over: how many stand where, and which must leave first of those not released yet.
select channel_account as account, (count(*) filter (where state = 'pending'))::int as pending,
    (count(*) filter (where state = 'blocked'))::int as blocked, (count(*) filter (where state = 'ready'))::int as ready,
    (count(*) filter (where state = 'released'))::int as released,
    to_char(min(ship_by) filter (where state in ('blocked', 'ready')) at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"')
        as first_to_leave
from sales_order where state <> 'ended'
group by channel_account order by channel_account;
