public import ArgumentParser
public import Scheduling

extension Dialect: ExpressibleByArgument {}
extension DaylightRule.Gap: ExpressibleByArgument {}
extension DaylightRule.Overlap: ExpressibleByArgument {}
