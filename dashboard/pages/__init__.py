"""What people look at: thin views over selectors and services, rendered on the server."""
