"""What the tables `[peaks.*]` must agree on, in words that repeat no value."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from daemon.config_hints import Key, nearest
from daemon.config_shape import Found
from daemon.settings import Settings
from handlers.peaks import Peak, overlapping


def peak_faults(values: Mapping[Key, Found]) -> Iterator[str]:
    """Periods that end before they begin, and classes that nobody has."""
    classes = {key[1] for key in values if key[0] == "classes"}
    for name in dict.fromkeys(key[1] for key in values if key[0] == "peaks"):
        begins, ends = (_moment(values.get(("peaks", name, which))) for which in ("begins", "ends"))
        if begins is not None and ends is not None and ends <= begins:
            yield f"{values['peaks', name, 'ends'].place}: must lie after begins"
    for key, found in values.items():
        if key[0] == "peaks" and key[2] == "classes" and key[3] not in classes:
            near = nearest(key[3], classes)
            hint = f"did you mean {near}?" if near else "add its [classes.NAME]"
            yield f"{found.place}: no such velocity class; {hint}"


def _moment(found: Found | None) -> datetime | None:
    """None where it is absent, or a fault that is told elsewhere."""
    try:
        moment = None if found is None else datetime.fromisoformat(str(found.value))
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo else None


def peaks_of(settings: Settings) -> tuple[Peak, ...]:
    return tuple(
        Peak(datetime.fromisoformat(one.begins), datetime.fromisoformat(one.ends), name)
        for name, one in settings.peaks.items()
    )


def doubtful_peaks(settings: Settings) -> list[str]:
    """Periods that cut into each other: one within the other is usual, this is seldom meant."""
    return [
        f"peaks.{other.name}: begins while peaks.{one.name} runs and ends after it; from its beginning it alone holds"
        for one, other in overlapping(peaks_of(settings))
    ]
