-- What a kit that a line is of is made of, as it was judged: [Component]; empty where it is of one product.
alter table purchase_order_line add column needs jsonb not null default '[]';
