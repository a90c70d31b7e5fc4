-- Connectors of this account that are not among those given: switched off, or somebody else's.
delete from other_import
where channel_account = $1 and not connector_id = any ($2::text[])
returning connector_id;
