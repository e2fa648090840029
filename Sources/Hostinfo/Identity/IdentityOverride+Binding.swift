import Values

extension IdentityOverride.Binding {
    /// Why the serial is not this machine's: what it is bound to is another, or cannot be read. Nil when it is bound.
    func refusal(_ evidence: SerialEvidence) -> String? {
        if let uuid {
            guard let found = evidence.firmware?.system?.uuid ?? evidence.platformUUID else {
                return "it is bound to the UUID \(uuid.text), and this machine's cannot be read"
            }
            if found.raw != uuid.raw, found.text != uuid.text, found.raw != uuid.otherOrder {
                return "it is bound to the UUID \(uuid.text), and this machine has \(found.text)"
            }
        }
        if let boardSerial {
            let texts = (evidence.firmware?.boards ?? []).compactMap { board -> String? in
                guard let serial = board.serial, case .text(let text) = SerialText(decoding: serial, trimsDots: true)
                else {
                    return nil
                }
                return text.lowercased()
            }
            guard case .text(let wanted) = SerialText(decoding: Array(boardSerial.utf8), trimsDots: true) else {
                return "it is bound to no printable board serial"
            }
            if !texts.contains(wanted.lowercased()) {
                return
                    "it is bound to the board \(wanted), and this machine has \(texts.first ?? "none that can be read")"
            }
        }
        if let macs {
            let known = Set(evidence.cards.map(\.address))
            let equal = macs.filter { known.contains($0) }.count
            // One of two cards may have been replaced.
            if macs.isEmpty || equal * 2 < macs.count {
                return "it is bound to \(macs.count) cards, of which this machine has \(equal)"
            }
        }
        return nil
    }
}
