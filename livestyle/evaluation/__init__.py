"""What `scripts/evaluate.py` is made of: who paints, who judges, and what the figures are worth."""
