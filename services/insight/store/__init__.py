"""Insight's own data; every function takes the caller first."""
