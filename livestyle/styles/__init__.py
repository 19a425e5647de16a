"""Styles: the file they come in, and the catalog of those installed."""
