-- Lines that nobody owes anything of, seen first before $1.
delete from open_line l
where l.first_seen < $1
    and not exists (select 1 from open_line_part p where p.line_id = l.id and p.closed_at is null)
    and (l.mapped_at is not null or l.ordered <= l.cancelled + l.fulfilled);
