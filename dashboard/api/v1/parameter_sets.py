"""`/api/v1/parameter-sets/`: every set with parent, reason and evidence; an operator activates or goes back."""
