-- What is held is not forgotten: its channel waits for it.
delete from clarus_goods_out
where tenant = $1 and ended and not held and shown_at < $2
returning goods_out_id, said -> 'alerts' as alerts;
