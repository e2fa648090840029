import Model

/// A payload whose text holds expressions and directives, parsed once for all its uses.
indirect enum TemplatePart: Sendable {
    case text(String)
    case expression(SiteExpression)
    /// `%{{ for NAME in LIST }}`, or `%{{ for KEY, VALUE in MAP }}`.
    case loop(names: [String], SiteExpression, body: [TemplatePart])
    case branch(SiteExpression, then: [TemplatePart], otherwise: [TemplatePart])
}

struct Template: Sendable {
    var path: String
    var parts: [TemplatePart]
}
