select kind, text, times, raised_at, resolved_at
from alert where cause = any ($1::text[]) order by raised_at desc limit $2;
