-- The one session that all our processes have with a tenant of Clarus: a second login may end the first.
create table clarus_session (
    tenant text primary key,
    number bigint not null default 0,     -- rises with each login
    sealed bytea,                         -- the token and a mark of the secret that it came from, under a master key
    good_until timestamptz,
    claimed_until timestamptz             -- by whoever is logging in
);
