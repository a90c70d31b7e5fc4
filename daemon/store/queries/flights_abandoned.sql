-- Requests of holders that are gone: nobody saw their end. Feeds and updates go on by themselves.
update publication_attempt set state = 'unknown', answer = 'its sender was lost', ended_at = $1
where state = 'sent' and sent_at < $2 and feed_id is null and update_id is null
returning id, listing_id;
