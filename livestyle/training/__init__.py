"""Training: photos, losses, the loop, and what one sees of it."""
