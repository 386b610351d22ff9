internal import HTTPChecks
internal import LibFuzzer

@main
struct HTTPFuzzer {
    static func main() { LibFuzzer.run { try HTTPCheck.run($0) } }
}
