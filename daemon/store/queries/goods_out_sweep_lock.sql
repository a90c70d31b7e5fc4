-- One writer at a time for a tenant, whoever thinks that it has the lease.
select sweep from clarus_goods_out_sweep where tenant = $1 for update;
