"""The API for scripts and pages: thin doors over selectors and services. One error shape, default deny."""
