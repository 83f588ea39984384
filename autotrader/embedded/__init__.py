"""The embedded mode: web server, queue, scheduler and order gateway in one process, with nothing else to install."""
