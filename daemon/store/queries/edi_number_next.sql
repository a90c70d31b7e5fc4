-- The next $3 numbers of a counter; returns the first.
insert into edi_counter (partner, kind, last) values ($1, $2, $3)
on conflict (partner, kind) do update set last = edi_counter.last + $3
returning last - $3 + 1;
