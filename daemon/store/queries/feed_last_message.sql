update feed set last_message = $2 where id = $1;
