"""`python -m tests.services up|down|status`: servers that stay for many test runs."""

import sys
from collections.abc import Callable

from tests.services.packages import Unavailable
from tests.services.running import bring_down, bring_up_postgres, bring_up_rabbitmq, left_broker, left_databases


def up() -> int:
    """Both are tried, even if one cannot be had. Exit status 1 when one is missing."""
    return max(
        _attempt("PostgreSQL", lambda: bring_up_postgres().url),
        _attempt("RabbitMQ", lambda: bring_up_rabbitmq().amqp),
    )


def _attempt(what: str, start: Callable[[], str]) -> int:
    try:
        print(f"{what:<11}{start()}")
    except Unavailable as reason:
        print(f"{what:<11}not available: {reason}", file=sys.stderr)
        return 1
    return 0


def down() -> int:
    bring_down()
    return 0


def status() -> int:
    """Exit status 1 when one is not running."""
    databases, broker = left_databases(), left_broker()
    print(f"PostgreSQL {databases.url if databases else 'not running'}")
    print(f"RabbitMQ   {broker.amqp if broker else 'not running'}")
    if broker:
        print(f"           {broker.management} (management: guest, guest), {broker.prometheus}/metrics")
    return 0 if databases and broker else 1


def main() -> int:
    actions = {"up": up, "down": down, "status": status}
    if len(sys.argv) != 2 or sys.argv[1] not in actions:
        print("usage: python -m tests.services up|down|status", file=sys.stderr)
        return 2
    return actions[sys.argv[1]]()


if __name__ == "__main__":
    sys.exit(main())
