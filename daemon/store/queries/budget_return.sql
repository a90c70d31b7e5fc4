update budget set tokens = least(burst, tokens + $2) where bucket = any ($1::text[]);
