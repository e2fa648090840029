// Engine: see Docs.
