/// Whoever knows the model knows the values that it is made of.
@_exported public import Values
