// LinuxHost: see Docs.
