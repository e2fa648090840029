// State: see Docs.
