"""A network made fast: one contract, one file a backend."""
