-- An answer by EDI is made first and put later: until it is put, the order's clock runs on.
alter table purchase_order_said drop constraint purchase_order_said_state_check;
alter table purchase_order_said add constraint purchase_order_said_state_check check (state in
    ('sent', 'unsent', 'unknown', 'made', 'processing', 'presumed', 'confirmed', 'refused', 'by_hand', 'withdrawn'));
drop index purchase_order_said_open;
create index purchase_order_said_open on purchase_order_said (channel_account, look_at)
    where state in ('sent', 'unsent', 'unknown', 'made', 'processing', 'presumed');
create index purchase_order_said_made on purchase_order_said (channel_account, number) where state = 'made';
