select count(*)::int from clarus_mark where tenant = $1;
