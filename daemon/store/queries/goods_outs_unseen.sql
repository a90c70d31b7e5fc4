-- Open by our books, and not shown by this sweep: another status, another date, or gone.
select distinct order_reference from clarus_goods_out where tenant = $1 and not ended and sweep < $2;
