"""The drawn demo scene: a person by a lake in the evening, with sky, hills, water and things that move."""
