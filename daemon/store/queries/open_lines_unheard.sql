-- The next open lines of which no order.* event was ever heard.
select distinct line_id from open_line_part
where closed_at is null and revision < 0 and line_id > $1
order by line_id
limit $2;
