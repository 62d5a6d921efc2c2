"""What the server is not yet known to have, safe on disk."""
