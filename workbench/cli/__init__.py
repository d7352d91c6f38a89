"""The command line: flags made from Requests, the same services as the window, and the only place that prints."""
