"""Roles, row-level rules and readers, inside Superset's own application.

Run in Superset's environment: `python -m bi.roles READERS.csv SNAPSHOT`, a file with the columns
username, kind (client, leader, agent, floor, hr, data), id, password. A reader has one role; the
role has the views of that kind, and for the first three kinds one rule per view: only rows of the
reader's own id. Where rows say for whom they are, only those for him. Who is no longer in the file
can no longer sign in.
`python -m bi.roles --admin NAME` takes the administrator's password from standard input.
"""

import csv
import sys
from pathlib import Path
from typing import Any

from bi.views import READERS, told_by_rows, visible

# Enough to open dashboards and ask their charts; no SQL Lab, no export, no editing, no other menu.
VIEWER = (
    ("can_read", "Chart"),
    ("can_read", "Dashboard"),
    ("can_read", "Dataset"),
    ("can_read", "CurrentUserRestApi"),
    ("can_read", "DashboardFilterStateRestApi"),
    ("can_write", "DashboardFilterStateRestApi"),
    ("can_read", "ExploreFormDataRestApi"),
    ("can_write", "ExploreFormDataRestApi"),
    ("can_read", "DashboardPermalinkRestApi"),
    ("can_read", "SecurityRestApi"),
    ("can_read", "Theme"),
    ("can_read", "CssTemplate"),
    ("can_read", "AvailableDomains"),
    ("can_dashboard", "Superset"),
    ("can_explore_json", "Superset"),
    ("can_log", "Superset"),
    ("can_time_range", "Api"),
    ("can_recent_activity", "Log"),
    ("can_get", "MenuApi"),
    ("can_userinfo", "UserDBModelView"),
    ("menu_access", "Home"),
    ("menu_access", "Dashboards"),
)


def make(readers: Path, snapshot: Path) -> None:
    """Create or renew the readers of the file. Raises ValueError naming the line of a bad row."""
    from superset.app import create_app

    app = create_app()
    with app.app_context(), readers.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
        for number, row in enumerate(rows, start=2):
            if row["kind"] not in READERS:
                raise ValueError(f"{readers.name}:{number}: kind {row['kind']!r} is unknown")
            _reader(row, visible(snapshot)[row["kind"]], told_by_rows(snapshot))
        _shut_out({row["username"] for row in rows})


def administrator(name: str, password: str) -> None:
    """Create the administrator, or give an existing one this password."""
    from superset.app import create_app

    app = create_app()
    with app.app_context():
        from superset import db, security_manager

        user = security_manager.find_user(name)
        if user is None:
            role = security_manager.find_role("Admin")
            user = security_manager.add_user(
                name, "Head", "Set", "admin@localhost.invalid", [role], password
            )
        security_manager.reset_password(user.id, password)
        db.session.commit()


def _shut_out(known: set[str]) -> None:
    """Readers of an earlier file who are gone from it: no sign-in, no role."""
    from superset import db, security_manager

    for user in security_manager.get_all_users():
        if user.email == f"{user.username}@invalid":
            user.active = user.username in known
            if not user.active:
                user.roles = []
    db.session.commit()


def _reader(row: dict[str, str], views: dict[str, str | None], by_rows: set[str]) -> None:
    from superset import db, security_manager

    role = security_manager.add_role(f"headset {row['kind']} {row['username']}")
    role.permissions = [_permission(security_manager, *one) for one in VIEWER]
    datasets = [dataset for dataset in _datasets() if _name(dataset) in views]
    for dataset in datasets:
        role.permissions.append(
            security_manager.add_permission_view_menu("datasource_access", dataset.get_perm())
        )
    user = security_manager.find_user(row["username"])
    if user is None:
        user = security_manager.add_user(
            row["username"], row["kind"], row["username"], f"{row['username']}@invalid", [role]
        )
    user.roles = [role]
    security_manager.reset_password(user.id, row["password"])
    own = row["id"].replace("'", "''")
    for column in sorted({key for key in views.values() if key}):
        _rule(
            role, column, f"{column} = '{own}'", [d for d in datasets if views[_name(d)] == column]
        )
    allowed = ", ".join(f"'{audience}'" for audience in sorted(READERS[row["kind"]][1]))
    told = [dataset for dataset in datasets if _name(dataset) in by_rows]
    _rule(role, "audience", f"audience in ({allowed})", told)
    _open_dashboards(role, {dataset.id for dataset in datasets})
    db.session.commit()


def _rule(role: Any, column: str, clause: str, datasets: list[Any]) -> None:
    """One rule per column that says whose a row is; without a rule nothing is restricted."""
    from superset import db
    from superset.connectors.sqla.models import RowLevelSecurityFilter

    name = f"{role.name}: {column}"
    rule = db.session.query(RowLevelSecurityFilter).filter_by(name=name).one_or_none()
    if rule is None:
        rule = RowLevelSecurityFilter(name=name, filter_type="Regular")
        db.session.add(rule)
    rule.clause = clause
    rule.tables = datasets
    rule.roles = [role]


def _open_dashboards(role: Any, datasets: set[int]) -> None:
    """A dashboard is shown to those who may see every chart of it."""
    from superset import db
    from superset.models.dashboard import Dashboard

    for board in db.session.query(Dashboard).all():
        needed = {chart.datasource_id for chart in board.slices}
        roles = [known for known in board.roles if known.id != role.id]
        board.roles = [*roles, role] if needed <= datasets else roles


def _datasets() -> list[Any]:
    from superset import db
    from superset.connectors.sqla.models import SqlaTable

    found: list[Any] = db.session.query(SqlaTable).all()
    return found


def _name(dataset: Any) -> str:
    return f"{dataset.schema}.{dataset.table_name}"


def _permission(security_manager: Any, action: str, subject: str) -> Any:
    return security_manager.add_permission_view_menu(action, subject)


if __name__ == "__main__":
    if sys.argv[1] == "--admin":
        administrator(sys.argv[2], sys.stdin.read().strip())
    else:
        make(Path(sys.argv[1]), Path(sys.argv[2]).resolve())
