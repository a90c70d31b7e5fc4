-- What left for the channel lately and may have taken effect, newest first.
select id as attempt, value, sent_at
from publication_attempt
where listing_id = $1 and state in ('sent', 'unknown', 'accepted')
order by id desc
limit $2;
