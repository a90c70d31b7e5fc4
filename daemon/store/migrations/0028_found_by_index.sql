-- What each round of a publisher and of the marking looks for, found without reading everything.
create index publication_over on publication (flight_over_at) where flight_over_at is not null;
create index dirty_age on dirty (marked_at);
