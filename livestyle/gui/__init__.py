"""The window. The only package that knows Qt; everything in it is a view of `livestyle.live` and of the settings."""
