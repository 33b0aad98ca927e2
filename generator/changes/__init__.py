"""What changed between two contracts for callers of the SDK, and what follows from it for the next release."""
