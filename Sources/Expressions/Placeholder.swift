// The regular expressions of the manifest language: the RE2 dialect, matched in linear time.
