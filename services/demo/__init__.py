"""A synthetic team that lives: pure generators of its past and present, and what plays them to a server."""
