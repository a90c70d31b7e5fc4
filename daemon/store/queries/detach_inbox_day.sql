alter table inbox detach partition {day}
