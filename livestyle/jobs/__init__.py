"""Work on files as plain values: what goes in, what comes out, and how; and what carries it out."""
