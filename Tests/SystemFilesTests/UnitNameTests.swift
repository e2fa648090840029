import SystemFiles
import Testing

/// Which texts name units, and which unit.
@Suite struct UnitNameTests {
    @Test(arguments: [
        ("nginx", "nginx.service"), ("a.service", "a.service"), ("a.socket", "a.socket"), ("a.timer", "a.timer"),
        ("a.path", "a.path"), ("a.target", "a.target"), ("a.mount", "a.mount"), ("a.slice", "a.slice"),
        ("a.swap", "a.swap"), ("a.automount", "a.automount"), ("a.device", "a.device"), ("a.scope", "a.scope"),
        ("a.conf", "a.conf.service"), ("a.b.socket", "a.b.socket"), ("getty@tty1", "getty@tty1.service"),
        ("getty@", "getty@.service"), ("a@b@c.service", "a@b@c.service"), ("dev-sda\\x2d1", "dev-sda\\x2d1.service"),
    ])
    func aTypeIsAddedOnlyWhereNoneIsSaid(_ text: String, _ unit: String) {
        #expect(UnitName.completing(text)?.text == unit)
    }

    @Test(arguments: ["@x", "a b", "a/b", "é", "", String(repeating: "a", count: 250)])
    func whatNoUnitMayBeCalledIsNone(_ text: String) {
        #expect(UnitName.completing(text) == nil)
    }

    @Test(
        arguments: [
            ("a.service", nil, nil), ("a@.service", "", "a@.service"), ("a@b@c.service", "b@c", "a@.service"),
        ] as [(String, String?, String?)])
    func instancesAreOfTemplates(_ text: String, _ instance: String?, _ template: String?) {
        #expect(UnitName(text)?.instance == instance)
        #expect(UnitName(text)?.template?.text == template)
    }
}
