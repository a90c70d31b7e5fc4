-- What was said of the goods outs of these names, and of these ids; locked.
select goods_out_id, said from clarus_goods_out
where tenant = $1 and (order_reference = any ($2::text[]) or goods_out_id = any ($3::text[]))
order by goods_out_id
for update;
