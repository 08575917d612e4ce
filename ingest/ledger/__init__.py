"""The ledger of files and the quarantine of rows."""
