"""How true the channel is under each way of choosing what to send: one clock, one trace, five contenders."""
