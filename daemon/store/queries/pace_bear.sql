update replica set bears = $2 where name = $1 and bears is distinct from $2;
