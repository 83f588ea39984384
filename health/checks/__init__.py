"""One file for each check. A check reads, never writes, and raises nothing but what its docstring says."""
