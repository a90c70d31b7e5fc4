delete from level_request
where command_id in (select command_id from level_request where answered_at < $1 order by answered_at limit $2)
