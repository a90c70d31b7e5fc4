-- Nobody drops them while we seal. Others may seal beside us, and a key may be put under another master key.
select subject, sealed_key from subject_key
where subject = any ($1::text[])
order by subject
for key share
