internal import LibFuzzer
internal import WireChecks

@main
struct WireFuzzer {
    static func main() { LibFuzzer.run { try WireCheck.run($0) } }
}
