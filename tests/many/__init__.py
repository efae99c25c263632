"""Several machines as processes on this one."""
