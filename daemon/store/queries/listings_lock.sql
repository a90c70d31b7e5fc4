-- One import at a time; everybody else may go on reading.
lock table listing in share row exclusive mode;
