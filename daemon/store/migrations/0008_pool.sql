-- What backs a listing, before buffer and share, in the channel's units: how much a late word about it can cost.
alter table publication add column pool bigint;
