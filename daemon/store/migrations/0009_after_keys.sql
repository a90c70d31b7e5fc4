-- Requests of other subjects that must be settled first: a parcel takes up units only once another has given them up.
alter table effect add column after_keys text[] not null default '{}';
