-- What an order waits for has changed since its question was asked: whoever answers must see what holds now.
update decision set question = $2
where decided is null and kind = 'po_answer' and subject = $1 and question <> $2
