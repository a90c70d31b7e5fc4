-- Every listing of one of the retailer's warehouses, but for those that it refuses by themselves.
select l.id from listing l
join publication p on p.listing_id = l.id
where l.channel_account = $1 and l.marketplace = $2 and p.refused_value is null and p.together is null
order by l.account, l.sku, l.id
limit $3;
