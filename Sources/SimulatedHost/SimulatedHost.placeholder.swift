// SimulatedHost: see Docs.
