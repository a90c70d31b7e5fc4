-- What a channel refused long enough ago may be taken now: it is told once more. A value is refused as soon as it was told.
update publication set refused_value = null
where refused_value is not null and flight_id is null and told_at <= $1;
