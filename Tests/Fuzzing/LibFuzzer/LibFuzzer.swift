/// Calls a check with one input after another. A broken invariant ends the process, and libFuzzer keeps the input.
package enum LibFuzzer {
    // SAFETY: written once, before libFuzzer begins. What C calls cannot hold a check of its own.
    private nonisolated(unsafe) static var check: ([UInt8]) throws -> Void = { _ in }

    package static func run(_ check: @escaping ([UInt8]) throws -> Void) {
        self.check = check
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        _ = runDriver(&count, &arguments) { start, count in
            do {
                try LibFuzzer.check(Array(UnsafeBufferPointer(start: start, count: count)))
            } catch {
                fatalError("\(error)")
            }
            return 0
        }
    }
}

// SAFETY: declared as in libFuzzer's FuzzerInterface.h; words and pointers are passed alike by Swift and C.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt
