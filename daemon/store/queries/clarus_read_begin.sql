select nextval('clarus_read_number');
