"""Steering the window from outside: what comes in is a name and a value, whether by key, MIDI or OSC."""
