/// The way from one value down to another, as `a.b[2]`, found by walking the tape: it is needed for errors only.
extension JSONDocument {
    enum Step {
        case name(node: Int)
        case position(Int)
    }

    /// The steps from `root` to `target`; a member name stands for its member.
    func steps(from root: Int, to target: Int) -> [Step] {
        var steps: [Step] = []
        var here = root
        while here < target {
            let node = nodes[here]
            var child = here + 1
            var found = false
            for position in 0..<node.count {
                let value = node.kind == .object ? child + 1 : child
                let next = Int(nodes[value].next)
                if target < next {
                    steps.append(node.kind == .object ? .name(node: child) : .position(position))
                    here = value
                    found = true
                    break
                }
                child = next
            }
            if !found || target < here { break }
        }
        return steps
    }

    /// The path from `root` to `target`: "" for the root itself, else as in `a.b[2]`. A name is cut after 64 bytes, and
    /// what is refused in a name, U+0000 and lone surrogates, reads U+FFFD: a path goes into replies.
    package func path(from root: Int = 0, to target: Int, positions: [String] = []) -> String {
        var path = ""
        for (depth, step) in steps(from: root, to: target).enumerated() {
            switch step {
            case .name(let node):
                if !path.isEmpty { path += "." }
                path += abbreviated(JSONValue(document: self, index: node).string ?? "")
            case .position(let position) where depth == 0 && position < positions.count:
                path += positions[position]
            case .position(let position):
                path += "[\(position)]"
            }
        }
        return path
    }

    private func abbreviated(_ name: String) -> String {
        let isLong = name.utf8.count > 64
        guard isLong || name.utf8.contains(0) else { return name }
        let bytes = name.utf8.prefix(64).flatMap { $0 == 0 ? Array("\u{fffd}".utf8) : [$0] }
        return String(decoding: bytes, as: UTF8.self) + (isLong ? "…" : "")
    }
}

extension JSONValue {
    /// The path from this value to a defect in it.
    package func path(to defect: JSONDefect) -> String { document.path(from: index, to: defect.node) }
}
