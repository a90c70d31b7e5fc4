select tenant, goods_out_id, code, ended, held, shown_at, changed_at
from clarus_goods_out where order_reference = $1 order by tenant, goods_out_id;
