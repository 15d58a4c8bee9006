"""Speech: heard and spoken."""
