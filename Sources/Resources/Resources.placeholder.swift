// Resources: see Docs.
