"""All SQL of ingest. Every function takes the actor first and touches nothing of other teams."""
