"""The paper venue: an exchange inside the platform, with books of its own; to everybody else a foreign partner."""
