select alert_history.at, alert_history.what, alert_history.text, alert_history.alert_id
from alert
join alert as same on same.kind = alert.kind and same.cause = alert.cause
join alert_history on alert_history.alert_id = same.id
where alert.id = $1
order by alert_history.at desc, alert_history.alert_id desc, alert_history.what = 'raised'
limit $2
