"""What can go wrong while publishing. Belongs here: exception types only."""


class PublishError(Exception):
    """Publishing failed; the snapshot served before is still served."""


class PublishRefused(PublishError):  # noqa: N818 - it is a decision, not a fault
    """The audit's verdict does not allow this build to be published."""


class SnapshotDamaged(PublishError):  # noqa: N818 - names a state on disk
    """A snapshot on disk is incomplete or was changed after it was published."""
