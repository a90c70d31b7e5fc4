select read_at, shows, accepted, meaning
from publication_reading where listing_id = $1 order by id desc limit $2;
