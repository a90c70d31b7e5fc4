insert into stock_trouble (
    stock_id, highest_seen, held_outflow, gap_since, doubt_since, doubt_reason, command_id, asked_at, ask_again_at, suspicions
)
select * from unnest(
    $1::bigint[], $2::bigint[], $3::bigint[], $4::timestamptz[], $5::timestamptz[], $6::text[], $7::text[],
    $8::timestamptz[], $9::timestamptz[], $10::smallint[]
)
on conflict (stock_id) do update
set highest_seen = excluded.highest_seen, held_outflow = excluded.held_outflow, gap_since = excluded.gap_since,
    doubt_since = excluded.doubt_since, doubt_reason = excluded.doubt_reason, command_id = excluded.command_id,
    asked_at = excluded.asked_at, suspicions = excluded.suspicions,
    ask_again_at = case
        when stock_trouble.command_id is not distinct from excluded.command_id then stock_trouble.ask_again_at
        else excluded.ask_again_at
    end;
