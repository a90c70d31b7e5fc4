update feed
set failed = $2,
    accepted = (select count(*) from publication_attempt a where a.feed_id = $1 and a.state = 'accepted'),
    refused = (select count(*) from publication_attempt a where a.feed_id = $1 and a.state = 'refused')
where id = $1;
