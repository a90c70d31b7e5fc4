select mine.channel_order_id, array_agg(other.channel_account order by other.channel_account) as accounts
from sales_order as mine
join sales_order as other
    on other.channel_order_id = mine.channel_order_id and other.channel_account <> mine.channel_account
where mine.channel_account = $1 and mine.channel_order_id = any ($2::text[])
    and (other.first_seen, other.channel_account) < (mine.first_seen, mine.channel_account)
group by mine.channel_order_id;
