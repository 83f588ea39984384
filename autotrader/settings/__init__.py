"""Settings modules: development (the default, embedded), production, test. All read `environment.py`."""
