-- Changes whose order has come meanwhile; refused ones of which a person says that they hold, or whose order is another
-- by now than the one that they did not fit.
select c.number, c.place from purchase_order_change c
join purchase_order p on p.channel_account = c.channel_account and p.number = c.number
where c.channel_account = $1 and c.state in ('waiting', 'refused')
    and (c.state = 'waiting' or p.believe_next or p.version > c.version)
order by c.number, c.place
limit $2;
