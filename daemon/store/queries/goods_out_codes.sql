-- Statuses that goods outs still stand in without a meaning of ours, of those given.
select distinct code from clarus_goods_out where tenant = $1 and code = any ($2::text[]) and not ended and said ->> 'word' is null;
