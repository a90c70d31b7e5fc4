-- How many listings of the account have something to say, and how many of them before this one by age.
select count(*)::int as waiting, (count(*) filter (where p.untold_since < $2))::int as older
from publication p join listing l on l.id = p.listing_id
where l.channel_account = $1 and p.untold_since is not null;
