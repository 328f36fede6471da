"""Who may come in. Everything that is served (chat, API, permalinks, static files) passes here first."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who sent a request: the user whom a trusted proxy has signed in, else only an address."""

    user: str | None
    address: str

    @property
    def key(self) -> str:
        """What limits are counted by."""
        return f"user {self.user}" if self.user else f"address {self.address}"
