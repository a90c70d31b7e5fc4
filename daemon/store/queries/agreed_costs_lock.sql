lock table agreed_cost in share row exclusive mode;
