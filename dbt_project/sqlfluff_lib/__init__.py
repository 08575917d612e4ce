"""What sqlfluff needs of dbt to render the project without it (0.1 s a file instead of 3 s)."""

from types import SimpleNamespace


def is_incremental():
    """Lint the first build."""
    return False


def var(name, default=1):
    """Every variable of the project is a number or a date; 1 parses as either."""
    return 1


def env_var(name, default=""):
    """The default."""
    return default


def _dispatch(name, package):
    def call(*arguments):
        return f"{name}({', '.join(str(argument) for argument in arguments)})"

    rendered = {
        "date_range": lambda *_: "select current_date as date_day",
        "sql_type": lambda data_type: data_type,
    }
    return rendered.get(name, call)


adapter = SimpleNamespace(dispatch=_dispatch)
dbt = SimpleNamespace(
    type_string=lambda: "varchar",
    datediff=lambda first, second, part: f"date_diff('{part}', {first}, {second})",
)


def _column(name):
    return SimpleNamespace(name=name, data_type="varchar", config=SimpleNamespace(meta={}))


model = SimpleNamespace(columns={name: _column(name) for name in ("source_system", "contact_id")})
