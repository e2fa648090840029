// Compiler: see Docs.
