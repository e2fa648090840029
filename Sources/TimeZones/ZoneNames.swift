/// Older names of time zones that a zone database may come without (Debian's tzdata-legacy; tzdata's `backward`).
public enum ZoneNames {
    /// The present name of a zone that was renamed; nil for any other.
    public static func present(_ name: String) -> String? { renamed[name] }

    private static let renamed: [String: String] = [
        "Asia/Calcutta": "Asia/Kolkata", "Asia/Katmandu": "Asia/Kathmandu", "Asia/Rangoon": "Asia/Yangon",
        "Asia/Saigon": "Asia/Ho_Chi_Minh", "America/Buenos_Aires": "America/Argentina/Buenos_Aires",
        "Atlantic/Faeroe": "Atlantic/Faroe", "Australia/ACT": "Australia/Sydney", "Australia/NSW": "Australia/Sydney",
        "Australia/North": "Australia/Darwin", "Australia/Queensland": "Australia/Brisbane",
        "Australia/South": "Australia/Adelaide", "Australia/Tasmania": "Australia/Hobart",
        "Australia/Victoria": "Australia/Melbourne", "Australia/West": "Australia/Perth",
        "Brazil/East": "America/Sao_Paulo", "Brazil/West": "America/Manaus", "Canada/Atlantic": "America/Halifax",
        "Canada/Central": "America/Winnipeg", "Canada/Eastern": "America/Toronto",
        "Canada/Mountain": "America/Edmonton", "Canada/Newfoundland": "America/St_Johns",
        "Canada/Pacific": "America/Vancouver", "Canada/Yukon": "America/Whitehorse",
        "Chile/Continental": "America/Santiago", "Cuba": "America/Havana", "Egypt": "Africa/Cairo",
        "Eire": "Europe/Dublin", "Europe/Kiev": "Europe/Kyiv", "GB": "Europe/London", "Hongkong": "Asia/Hong_Kong",
        "Iceland": "Atlantic/Reykjavik", "Iran": "Asia/Tehran", "Israel": "Asia/Jerusalem",
        "Jamaica": "America/Jamaica", "Japan": "Asia/Tokyo", "Libya": "Africa/Tripoli", "NZ": "Pacific/Auckland",
        "NZ-CHAT": "Pacific/Chatham", "Navajo": "America/Denver", "PRC": "Asia/Shanghai",
        "Pacific/Samoa": "Pacific/Pago_Pago", "Poland": "Europe/Warsaw", "Portugal": "Europe/Lisbon",
        "ROC": "Asia/Taipei", "ROK": "Asia/Seoul", "Singapore": "Asia/Singapore", "Turkey": "Europe/Istanbul",
        "US/Alaska": "America/Anchorage", "US/Aleutian": "America/Adak", "US/Arizona": "America/Phoenix",
        "US/Central": "America/Chicago", "US/East-Indiana": "America/Indiana/Indianapolis",
        "US/Eastern": "America/New_York", "US/Hawaii": "Pacific/Honolulu",
        "US/Indiana-Starke": "America/Indiana/Knox", "US/Michigan": "America/Detroit",
        "US/Mountain": "America/Denver", "US/Pacific": "America/Los_Angeles", "US/Samoa": "Pacific/Pago_Pago",
        "W-SU": "Europe/Moscow",
    ]
}
