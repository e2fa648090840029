// modules: Agent
// The input is the agent's file of settings.
import Agent
import Model

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: count))
    var diagnostics = Diagnostics()
    let settings = AgentSettings.read(bytes, path: "agent.yaml", into: &diagnostics)
    guard !diagnostics.hasErrors else { return 0 }
    var loop = ConvergeLoop(settings.converge, hostIdentifier: "host") { $0 == "UTC" ? .utc : nil }
    let now = Moment(wall: 1_795_478_400_000, boot: 1000)
    precondition(loop.due(now) == nil || loop.isOn, "a loop without a site converges")
    _ = loop.allowsChanges(at: now.wall)
    return 0
}
