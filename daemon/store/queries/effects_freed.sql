-- Blocked by something that is there now, or that somebody has put right since it was last looked at. An import that
-- began up to $3 before that look may not have been seen by it: one more look, once it is surely there.
select
    e.id, e.kind, e.subject, e.unique_key, e.account, e.state, e.payload, e.needs_order, e.called_off, e.reason, e.detail,
    e.waits_for, e.request_hash, e.due, e.deadline, e.after_effect, e.attempt, e.reads, e.sent_at, e.over_at, e.holder,
    e.request_id, e.received_at,
    (
        select case when b.state = 'refused' then '' else b.request_hash end
        from effect b
        where b.subject = e.subject and b.id < e.id and (b.state in ('accepted', 'live') or b.reason = 'give_up')
        order by b.id desc
        limit 1
    ) as told_hash,
    array(select l.state from effect l where l.subject = e.subject and l.id > e.id) as later
from effect e
where e.state = 'blocked' and e.lane = $1 and (
    (e.waits_for like 'channel\_account:%' and e.account = any ($2::text[]))
    or (e.waits_for like 'carrier:%' and exists (
        select from carrier c
        where c.channel_account in (e.account, '*') and c.carrier = e.payload -> 'content' ->> 'carrier'
            and c.service in (e.payload -> 'content' ->> 'service', '*')
    ))
    or (e.waits_for like 'method:%' and exists (
        select from carrier c
        where c.channel_account in (e.account, '*') and c.carrier = e.payload -> 'content' ->> 'carrier'
            and c.service in (e.payload -> 'content' ->> 'service', '*') and c.imported_at > e.due
    ))
    or (e.waits_for like 'listing:%' and exists (
        select from listing l
        where l.channel_account = e.account and l.account = e.payload ->> 'account'
            and e.payload ->> 'marketplace' in ('', l.marketplace)
            and (
                e.waits_for = 'listing:' || l.channel_account || '/' || l.sku
                or exists (
                    select from kit_component k
                    where k.listing_id = l.id and e.waits_for = 'listing:' || l.channel_account || '/' || k.sku
                )
            )
    ))
    or ((e.waits_for like 'order:%' or e.waits_for like 'revision:%') and exists (
        select from listing l
        where l.channel_account = e.account and l.account = e.payload ->> 'account'
            and exists (
                select
                from jsonb_array_elements(e.payload -> 'content' -> 'lines') as line
                where l.sku = line ->> 'sku' or exists (
                    select from kit_component k where k.listing_id = l.id and k.sku = line ->> 'sku'
                )
            )
            and (
                l.imported_at > e.due
                or (l.imported_at > e.due - $3::interval and l.imported_at <= $5::timestamptz - $3::interval)
            )
    ))
)
order by e.due
limit $4
for update of e skip locked
