drop table {day}
