update clarus_session set claimed_until = null where tenant = $1 and number = $2;
