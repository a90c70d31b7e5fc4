select number, sealed, good_until from clarus_session where tenant = $1;
