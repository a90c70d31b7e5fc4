-- Another source counts these from now on. The rows are locked: their balances were saved before, in this transaction.
update stock s set source = u.source from unnest($1::bigint[], $2::text[]) as u (id, source) where s.id = u.id;
