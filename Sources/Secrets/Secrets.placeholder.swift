// Secrets: see Docs.
