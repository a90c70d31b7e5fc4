delete from clarus_goods_out where tenant = $1 and ended and shown_at < $2;
