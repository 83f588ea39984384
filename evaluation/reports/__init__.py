"""Self-contained pages about a run: figures and drawings, no network, no script."""
