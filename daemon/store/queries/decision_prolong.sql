update decision set default_at = $2 where id = $1 and decided is null;
