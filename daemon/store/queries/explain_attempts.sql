select a.id, value, told_before, sellable, doubtful, overtakes, a.sent_at, a.ended_at, a.state, a.answer, a.request_id, feed_id,
    message_id, update_id, u.transaction_id
from publication_attempt a left join stock_update u on u.id = a.update_id
where listing_id = $1 order by a.id desc limit $2;
