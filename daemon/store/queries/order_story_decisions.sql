select id, kind, owner, question, raised_at, decided, decided_by, decided_at
from decision where subject = any ($1::text[]) order by raised_at desc limit $2;
