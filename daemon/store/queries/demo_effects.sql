select account, payload ->> 'order_reference' as order_reference, payload ->> 'parcel_id' as parcel_id, state, reason
from effect
where lane = 'despatch';
