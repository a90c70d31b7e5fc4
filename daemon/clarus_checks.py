"""Before a Clarus tenant is read: does its schema have our fields, and do its automations fire as the settings say.

A missing field keeps the source off, and not the daemon: one unknown field fails every query.
"""

import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass

from daemon.clock import Clock
from daemon.links.answer import Denied, Done, Reading, Refused, Throttled
from daemon.links.clarus import ClarusLink
from daemon.log import fact
from daemon.settings import Clarus, ClarusHook
from daemon.store.database import Database
from daemon.store.notes import write_notes
from daemon.supervisor import Round
from handlers.alerts import AlertKind
from handlers.notes import Note, RaiseAlert, ResolveAlert
from schemas.clarus import Automation

AGAIN = 3.0
"""Real seconds until a check that got no answer is made again."""
SLOWER = 30.0
"""The same, after an answer that would only be given again."""
REFUSALS = 3
OFF = 300.0
"""Real seconds between two looks at a schema that lacked a field."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Checked:
    """`round` of a reader, behind the checks of its tenant."""

    name: str
    tenant: Clarus
    link: ClarusLink
    database: Database
    clock: Clock
    owners: Mapping[str, str]
    round_: Round
    missing: Callable[[], Awaitable[Reading[tuple[str, ...]]]]
    """What the schema lacks of what `round_` asks for."""
    setting: str
    """Where that can be corrected."""
    cause: str
    """The name that its alerts carry."""
    hooks: Mapping[str, ClarusHook]
    """Webhooks that are held against their automations."""
    passed: bool = False
    refusals: int = 0
    """In a row: one alone may be the schema's bad moment."""

    async def round(self) -> float:
        if not self.passed:
            wait = await self._check()
            if wait:
                return wait
            self.passed = True
        return await self.round_()

    async def _check(self) -> float:
        """0 when the source may be read, else the real seconds until it is worth looking again."""
        if self.tenant.check_fields:
            fields = await self.missing()
            if not isinstance(fields, Done):
                return await self._unanswered(fields)
            await self._tell([_fields_note(self.cause, fields.value, self.setting)])
            if fields.value:
                return OFF
        if self.hooks:
            automations = await self.link.automations()
            if isinstance(automations, Done):
                await self._tell(automation_notes(self.name, self.hooks, automations.value))
            else:
                log.warning("automations not read", extra=fact("automations_not_read", tenant=self.name))
        return 0.0

    async def _unanswered(self, answer: object) -> float:
        log.warning("schema not read", extra=fact("schema_not_read", tenant=self.name, why=repr(answer)))
        if isinstance(answer, Denied):
            await self._tell([RaiseAlert(AlertKind.SOURCE_DENIED, self.cause, self.cause, answer.reason)])
        self.refusals = self.refusals + 1 if isinstance(answer, Refused) else 0
        if isinstance(answer, Refused) and self.refusals >= REFUSALS:
            text = f"{self.name} does not tell its schema ({answer.text}); set check_fields = false if it never will"
            await self._tell([RaiseAlert(AlertKind.SOURCE_FIELDS, self.cause, self.cause, text)])
            return OFF
        return SLOWER if isinstance(answer, Denied | Throttled) else AGAIN

    async def _tell(self, notes: Iterable[Note]) -> None:
        async with self.database.transaction() as connection:
            await write_notes(connection, list(notes), self.clock.now(), self.owners)


def _fields_note(name: str, missing: tuple[str, ...], setting: str) -> Note:
    if not missing:
        return ResolveAlert(AlertKind.SOURCE_FIELDS, name)
    text = f"{name} is not read: its schema has no {', '.join(missing)}; correct {setting}"
    return RaiseAlert(AlertKind.SOURCE_FIELDS, name, name, text, {"fields": list(missing)})


def automation_notes(name: str, hooks: Mapping[str, ClarusHook], there: Iterable[Automation]) -> list[Note]:
    """One for each webhook that we wait for: as the settings say, or how it differs."""
    known = {str(automation.id): automation for automation in there}
    return [
        _automation_note(f"{name}/{hook}", wanted, known.get(wanted.automation_id)) for hook, wanted in hooks.items()
    ]


def _automation_note(cause: str, wanted: ClarusHook, found: Automation | None) -> Note:
    if found is None:
        said = f"there is no automation {wanted.automation_id}, or we may not see it"
    elif not found.enabled:
        said = f"automation {wanted.automation_id} is switched off"
    elif (found.resource_name, found.event) != (wanted.resource, wanted.event):
        said = (
            f"automation {wanted.automation_id} fires on {found.resource_name} {found.event},"
            f" not on {wanted.resource} {wanted.event}"
        )
    else:
        return ResolveAlert(AlertKind.AUTOMATION_DIFFERS, cause)
    return RaiseAlert(AlertKind.AUTOMATION_DIFFERS, cause, cause, f"{cause}: {said}")
