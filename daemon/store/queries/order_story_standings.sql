select account, standing, revision, at from order_standing where account = $1 and order_reference = $2;
