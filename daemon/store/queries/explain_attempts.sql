select id, value, told_before, sellable, doubtful, overtakes, sent_at, ended_at, state, answer, request_id, feed_id, message_id
from publication_attempt where listing_id = $1 order by id desc limit $2;
