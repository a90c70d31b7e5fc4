select p.listing_id from publication p
join listing l on l.id = p.listing_id
where p.held_back > 0 and l.channel_account = $1;
