update feed set messages = $2 where id = $1;
