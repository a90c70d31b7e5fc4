update clarus_session set number = number + 1, sealed = $2, good_until = $3, claimed_until = null where tenant = $1;
