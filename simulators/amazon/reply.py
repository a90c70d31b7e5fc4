"""What an operation of the simulated Amazon comes to, before it becomes HTTP."""

from dataclasses import dataclass

from simulators.amazon.journal import Outcome


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: object
    outcome: Outcome
    error: str = ""
    scope: str = ""
    quantity: int | None = None
    package: str = ""
    edit: bool = False


def refusal(status: int, code: str, message: str, details: str = "") -> Reply:
    return Reply(status, error_list(code, message, details), "refused", error=f"{code}: {message}")


def error_list(code: str, message: str, details: str = "") -> dict[str, object]:
    return {"errors": [{"code": code, "message": message, "details": details}]}


def throttling(scope: str = "account") -> Reply:
    """Without Retry-After and without a rate, as Amazon's."""
    whose = "" if scope == "account" else f" for {scope if scope == 'product data' else 'the application'}"
    message = f"You exceeded your quota for the requested resource{whose}."
    return Reply(429, error_list("QuotaExceeded", message), "throttled", error="QuotaExceeded", scope=scope)


def denial(status: int = 403, details: str = "The access token you provided has expired.") -> Reply:
    message = "Access to requested resource is denied."
    return Reply(status, error_list("Unauthorized", message, details), "denied", error=details)


def breakdown(status: int) -> Reply:
    code = "ServiceUnavailable" if status == 503 else "InternalFailure"
    return Reply(status, error_list(code, "Something went wrong on our side. Try again."), "broken", error=code)
