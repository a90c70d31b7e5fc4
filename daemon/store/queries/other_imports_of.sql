select connector_id, name from other_import where channel_account = $1 order by connector_id;
