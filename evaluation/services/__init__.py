"""What the evaluation floor writes: one verb a file."""
