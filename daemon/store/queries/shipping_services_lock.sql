lock table shipping_service in share row exclusive mode;
