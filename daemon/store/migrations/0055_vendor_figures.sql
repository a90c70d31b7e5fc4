-- What gauges and `goodsout status` count every few seconds of a table that keeps a year.
create index edi_document_at on edi_document (at);
create index edi_document_unanswered on edi_document (partner, code, at)
    where direction = 'out' and state in ('waiting', 'put', 'overdue');
create index ship_load_clock on ship_load (channel_account, due_at) where due_at is not null and not accepted;
create index ship_load_breach on ship_load (breached_at) where breached_at is not null;
create index invoice_clock_breach on invoice_clock (breached_at) where breached_at is not null;
