update decision set question = $2 where id = $1 and decided is null;
