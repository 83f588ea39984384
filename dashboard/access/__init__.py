"""Who may do what: roles, tokens, login limits. Default deny; every check is made on the server."""
