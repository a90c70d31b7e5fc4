-- Which of these readings say what the books have already, of orders about whose readings nobody has been told anything.
select o.number
from purchase_order o
join unnest($2::text[], $3::text[], $4::timestamptz[], $5::text[], $6::text[], $7::text[]) as read
    (number, content_hash, changed_at, state, state_word, transport) on read.number = o.number
where o.channel_account = $1 and o.content_hash = read.content_hash and o.transport = read.transport
    and o.changed_at is not distinct from read.changed_at and not o.believe_next
    and o.document ->> 'state' = read.state and o.document ->> 'state_word' = read.state_word
    and not exists (
        select 1 from alert a
        where a.kind = any ($8::text[]) and a.cause = $1 || '/' || o.number and a.resolved_at is null
    );
