select name from replica where $1 = any (roles) and seen_at > clock_timestamp() - make_interval(secs => $2::float8) order by name;
