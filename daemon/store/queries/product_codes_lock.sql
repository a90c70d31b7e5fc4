lock table product_code in share row exclusive mode;
