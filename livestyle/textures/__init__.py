"""Textures painted from noise, and photos painted with them (Ulyanov et al.)."""
