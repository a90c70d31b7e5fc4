-- Other accounts in which these orders' ids came first; an order that is not written yet comes after all that are.
select given.channel_order_id, array_agg(other.channel_account order by other.channel_account) as accounts
from unnest($2::text[]) as given (channel_order_id)
join sales_order as other
    on other.channel_order_id = given.channel_order_id and other.channel_account <> $1
left join sales_order as mine
    on mine.channel_order_id = given.channel_order_id and mine.channel_account = $1
where mine.channel_account is null
    or (other.first_seen, other.channel_account) < (mine.first_seen, mine.channel_account)
group by given.channel_order_id;
