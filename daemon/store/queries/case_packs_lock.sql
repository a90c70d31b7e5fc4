lock table case_pack in share row exclusive mode;
