update restore set listings = listings + $2, complete = $3 where id = $1;
