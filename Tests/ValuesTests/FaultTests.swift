import Testing
import Values

@Suite struct FaultTests {
    @Test func aFaultIsReadInWordsWhereverItIsPrinted() {
        let fault: any Error = HostFault("read", "/etc/x", "EIO (input/output error)")
        #expect("\(fault)" == "cannot read /etc/x: EIO (input/output error)")
    }
}
