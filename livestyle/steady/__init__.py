"""Steadiness at run time: paintings that hold still where the picture does, and the meter that tells how still."""
