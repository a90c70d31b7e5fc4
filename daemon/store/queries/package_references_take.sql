select nextval('package_reference')::text as package_reference from generate_series(1, $1)
