// HostFiles: see Docs.
