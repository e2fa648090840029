import Model

extension BeforeImage {
    /// The largest content that is kept, in bytes.
    static let contentLimit = 1 << 20

    /// Reads what is at a path before a step changes it. What cannot be read is left out: the step will say why.
    init(of path: AbsolutePath, address: Address, hidesContent: Bool, on host: some HostReading) {
        let status = try? host.status(of: path)
        var content: [UInt8]?, target: String?
        switch status?.kind {
        case .file?: content = hidesContent ? nil : try? host.contents(of: path, limit: Self.contentLimit)
        case .link?: target = try? host.linkTarget(of: path)
        case .directory?, .device?, .fifo?, .socket?, nil: break
        }
        self.init(address: address, path: path, status: status, content: content, linkTarget: target)
    }
}
