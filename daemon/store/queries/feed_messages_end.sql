update publication_attempt a set state = u.state, ended_at = $4, answer = u.answer
from unnest($1::bigint[], $2::text[], $3::text[]) as u (id, state, answer)
where a.id = u.id and a.ended_at is null;
