/// Everything that imports Model sees the values that it is made of.
@_exported public import Values
