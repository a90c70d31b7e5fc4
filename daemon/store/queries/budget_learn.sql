update budget set rate = $2 where bucket = $1 and rate is distinct from $2;
