"""`goodsout demo`: the whole house at work in one process, with faults, and a verdict at the end."""
