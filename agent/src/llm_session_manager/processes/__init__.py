"""Which processes of this machine reveal a live session."""
