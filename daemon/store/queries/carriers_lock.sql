lock table carrier in share row exclusive mode
