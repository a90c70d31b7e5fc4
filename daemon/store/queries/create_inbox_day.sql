create table {day} (like inbox including defaults)
