"""The command line: one file per command, each loads its own room when it runs."""
