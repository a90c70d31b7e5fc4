select fingerprint from reckoned;
