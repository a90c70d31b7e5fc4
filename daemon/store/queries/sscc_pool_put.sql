update sscc_pool set issued = $2 where name = $1
