"""The interface for programs of other systems: what people do on the pages, done by a token."""
