/// The types of a chassis (SMBIOS 3.7 §7.4.1).
public enum ChassisType {
    /// The name of a type without its lock bit, as dmidecode prints it; nil for a number without one.
    public static func name(of type: UInt8) -> String? {
        names.indices.contains(Int(type) - 1) ? names[Int(type) - 1] : nil
    }

    /// The serial of such a chassis belongs to several machines: multi-system chassis, blade, blade enclosure.
    public static let shared: Set<UInt8> = [25, 28, 29]

    private static let names = [
        "Other", "Unknown", "Desktop", "Low Profile Desktop", "Pizza Box", "Mini Tower", "Tower", "Portable", "Laptop",
        "Notebook", "Hand Held", "Docking Station", "All In One", "Sub Notebook", "Space-saving", "Lunch Box",
        "Main Server Chassis", "Expansion Chassis", "Sub Chassis", "Bus Expansion Chassis", "Peripheral Chassis",
        "RAID Chassis", "Rack Mount Chassis", "Sealed-case PC", "Multi-system", "CompactPCI", "AdvancedTCA", "Blade",
        "Blade Enclosing", "Tablet", "Convertible", "Detachable", "IoT Gateway", "Embedded PC", "Mini PC", "Stick PC",
    ]
}
