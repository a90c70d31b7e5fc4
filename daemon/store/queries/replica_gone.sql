delete from replica where name = $1;
