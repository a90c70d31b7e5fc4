"""What reads the warehouses at Clarus is made of: from the settings to the parts that run."""

from typing import TYPE_CHECKING

from daemon.clarus_hooks import ClarusHooks, Hook

if TYPE_CHECKING:
    from daemon.app import App


def clarus_hooks(app: "App") -> ClarusHooks:
    """The webhooks of every tenant. Raises SecretFault when a token's file cannot be read."""
    hooks = tuple(
        Hook(tenant_name, tenant, name, hook, app.configuration.secret_file(hook.token_file))
        for tenant_name, tenant in app.settings.clarus.items()
        for name, hook in tenant.hooks.items()
    )
    return ClarusHooks(hooks, app.database, app.clock, app.telemetry, app.settings.owners)
