insert into clarus_goods_out_sweep (tenant, next_at) values ($1, $2) on conflict (tenant) do nothing;
