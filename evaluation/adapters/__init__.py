"""What stands between evaluation and the machine: scratch databases for runs that must leave no trace."""
