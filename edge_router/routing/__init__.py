"""The hot path: text to decision; pure and deterministic."""
