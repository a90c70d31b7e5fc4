"""The servers that live tests talk to: a private PostgreSQL and RabbitMQ, and promtool, fetched where they lack.

`make services` starts them and leaves them running for many test runs. Without it each run starts its own when the
first test asks, and stops them at its end. What a killed run left behind, the next one stops.
"""
