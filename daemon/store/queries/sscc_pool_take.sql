-- The pool's counter, locked until its codes are written.
insert into sscc_pool as p (name) values ($1)
on conflict (name) do update set issued = p.issued
returning issued
