"""The auth service's SQL. `Anonymous` comes first where the caller is what the function finds out."""
