"""What the evaluation floor reads, across tables."""
