-- Requests of holders that are gone: nobody saw their end.
update publication_attempt set state = 'unknown', answer = 'its sender was lost', ended_at = $1
where state = 'sent' and sent_at < $2
returning id, listing_id;
