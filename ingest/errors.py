"""What can go wrong at the door. Every message names the file and, where known, row and rule."""


class IngestError(Exception):
    """Base of all errors that ingest raises on purpose."""


class ContractError(IngestError):
    """A source contract is wrong; the message names its file and the field."""


class FileRejectedError(IngestError):
    """A whole file cannot be taken in. `rule` is the short name that quarantine shows."""

    def __init__(self, rule: str, reason: str) -> None:
        super().__init__(reason)
        self.rule = rule
        self.reason = reason


class WarehouseError(IngestError):
    """The warehouse refused a write (full disk, lock); nothing of the group was kept."""
