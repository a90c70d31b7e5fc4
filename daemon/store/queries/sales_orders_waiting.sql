select reason ->> 'kind' as kind, reason ->> 'cause' as cause, min(reason ->> 'text') as text,
    min(reason ->> 'fix') as fix, min((reason -> 'hints')::text)::jsonb as hints, count(*) as orders,
    min(ship_by) as earliest,
    to_jsonb((array_agg(channel_order_id order by ship_by nulls last, channel_order_id))[:5]) as some
from sales_order
cross join jsonb_array_elements(blocked_by) as reason
where channel_account = $1 and blocked_by <> '[]'
group by reason ->> 'kind', reason ->> 'cause'
order by earliest nulls last, cause;
