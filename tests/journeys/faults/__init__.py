"""A shop whose orders meet every fault on their way to the warehouse and back."""
