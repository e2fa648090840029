import HostFiles
import Model

/// What programs of the system do, in memory.
extension Simulation {
    func perform(_ operation: SystemOperation) throws(HostFault) {
        switch operation {
        case .makeLocales:
            let list = try document(TextLines.self, at: AbsolutePath.root.appending("etc/locale.gen"))
            for position in 0..<(list?.count ?? 0) {
                locales += LocaleName.names(madeBy: String(decoding: list?.body(at: position) ?? [], as: UTF8.self))
            }
        }
    }
}
