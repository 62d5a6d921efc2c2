"""A service's own copy of every session's newest state, kept from `session.state` and `session.deleted`."""
