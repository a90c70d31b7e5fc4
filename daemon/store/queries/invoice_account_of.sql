select channel_account, case when kind = 'credit_note' then credits else number end as number
from invoice where number = $1;
