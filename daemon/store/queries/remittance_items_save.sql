insert into remittance_item (channel_account, reference, place, number, item)
select $1, $2, place, item ->> 'number', item
from jsonb_array_elements($3::jsonb) with ordinality as given (item, place);
