"""Publication: what BI tools read, and how it gets there.

Belongs here: copying audited tables out of the warehouse into self-contained snapshots, the one
flip that shows a snapshot to readers, going back, moving, pruning and verifying snapshots, and the
folder of one client.

Does not: deciding whether a night may be published (`expectations/`), building or renaming
columns (`dbt_project/`), metric questions (`metrics/`), and anything that writes to the warehouse.

A snapshot is `published/snapshots/<id>/`:

    manifest.json          what is inside, with checksums; written last, so it marks completeness
    serve.duckdb           views only, with comments, on this snapshot's own files
    tables/<schema>.<name>/<column>=<value>/.../part.parquet
    clients/<client>/      one client's rows and nothing else, with a serve.duckdb of its own
    semantic_manifest.json, metrics.json

`published/current` is a symlink to one of them. Start with `publish.snapshot.publish`.
"""
