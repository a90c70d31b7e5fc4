select id from decision
where decided is null and default_option is not null and default_at <= $1
order by id
limit $2
