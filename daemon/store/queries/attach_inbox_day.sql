alter table inbox attach partition {day} for values from ('{start}') to ('{end}')
