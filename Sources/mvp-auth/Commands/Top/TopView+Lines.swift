internal import Host
internal import StrictJSON

extension TopView {
    /// What a terminal of this size shows: figures of the whole, then the methods, then the apps.
    ///
    /// - Parameter height: nil: all of it.
    func lines(width: Int?, height: Int?, isColoured: Bool) -> [String] {
        // Where the table does not fit, its lines are cut, which colours do not survive.
        let isColoured = isColoured && width ?? .max >= Self.narrowest
        var head = ["mvp-auth  \(Self.figure(callsPerSecond)) calls/s" + note] + summary
        if let width { head = head.map { Terminal.cut(printable($0), to: width) } }
        let methods = methodTable.lines(width: width, isColoured: isColoured)
        let apps = appTable.lines(width: width, isColoured: isColoured)
        guard let height else { return head + [""] + methods + [""] + apps }
        // The apps keep their place where there is one: they are few, and the methods are sorted.
        let room = max(0, height - head.count - 2)
        let appRoom = room < 9 ? 0 : min(apps.count, room / 3)
        let all = head + [""] + methods.prefix(max(2, room - appRoom)) + [""] + apps.prefix(appRoom)
        return Array(all.prefix(height)).map { isColoured ? $0 : Terminal.cut($0, to: width ?? .max) }
    }

    private static let narrowest = 60

    private var note: String { isNewDaemon ? "  (the daemon was started again)" : "" }

    private var summary: [String] {
        let commits = "\(Self.figure(batches.perSecond)) commits/s of \(Self.figure(batches.mean))"
        var lines = ["store     \(Self.text(of: store)), \(commits)"]
        let waiting = apps.reduce(0) { $0 + $1.hashing }
        lines.append("hashing   \(Self.text(of: hashing)), \(Self.count(waiting)) waiting")
        let stopped = throttled.filter { $0.perSecond > 0 }.map { "\($0.layer) \(Self.figure($0.perSecond))/s" }
        lines.append("throttled \(stopped.isEmpty ? "nobody" : stopped.joined(separator: ", "))")
        let waits = "\(Self.count(messages.pending)) pending, \(Self.count(messages.dead)) given up"
        let age = messages.oldestSeconds.flatMap { $0 > 0 ? ", the oldest for \(Self.count($0)) s" : nil }
        lines.append("messages  \(waits)\(age ?? "")")
        lines.append(
            "process   \(Self.figure(process.cpu * 100)) % CPU, \(Self.figure((process.memory ?? 0) / 1_048_576)) MiB, "
                + "\(Self.count(process.descriptors)) of \(Self.count(process.mostDescriptors)) descriptors, "
                + "\(Self.count(sessions)) sessions")
        return lines
    }

    private var methodTable: Table {
        var table = Table([
            .init(title: "method", canShrink: true), .init(title: "calls/s", isNumber: true),
            .init(title: "errors/s", isNumber: true), .init(title: "p50", isNumber: true),
            .init(title: "p99", isNumber: true),
        ])
        for method in methods {
            table.add([
                .init(method.name, method.callsPerSecond > 0 ? nil : .faint), .init(Self.figure(method.callsPerSecond)),
                .init(Self.figure(method.errorsPerSecond), method.errorsPerSecond > 0 ? .attention : nil),
                .init(Self.duration(method.median)), .init(Self.duration(method.slowest)),
            ])
        }
        return table
    }

    private var appTable: Table {
        var table = Table([
            .init(title: "app", canShrink: true), .init(title: "connections", isNumber: true),
            .init(title: "hashing queue", isNumber: true),
        ])
        for app in apps {
            table.add([.init(app.name), .init(Self.count(app.connections)), .init(Self.count(app.hashing))])
        }
        return table
    }

    private static func text(of pace: Pace) -> String {
        "\(figure(pace.perSecond))/s, p50 \(duration(pace.median)), p99 \(duration(pace.slowest))"
    }

    /// With a decimal where that says something.
    static func figure(_ value: Double) -> String {
        guard value < 100 else { return count(value) }
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    static func count(_ value: Double?) -> String {
        guard let value, value.isFinite, abs(value) < 1e15 else { return "-" }
        return "\(Int(value.rounded()))"
    }

    static func duration(_ seconds: Double?) -> String {
        guard let seconds, seconds.isFinite else { return "-" }
        if seconds < 0.001 { return "\(figure(seconds * 1_000_000)) µs" }
        return seconds < 1 ? "\(figure(seconds * 1000)) ms" : "\(figure(seconds)) s"
    }
}

extension TopView {
    /// The same for programs. Durations in seconds.
    var json: JSON {
        func number(_ value: Double?) -> JSON {
            guard let value, value.isFinite else { return .null }
            return Int(exactly: value).map(JSON.int) ?? .double(value)
        }
        func object(_ pace: Pace) -> JSON {
            ["per_second": number(pace.perSecond), "p50": number(pace.median), "p99": number(pace.slowest)]
        }
        var store = object(store)
        store["commits_per_second"] = number(batches.perSecond)
        store["operations_per_commit"] = number(batches.mean)
        var hashing = object(hashing)
        hashing["waiting"] = number(apps.reduce(0) { $0 + $1.hashing })
        return [
            "seconds": number(seconds), "calls_per_second": number(callsPerSecond),
            "methods": .array(
                methods.map {
                    [
                        "method": .string($0.name), "calls_per_second": number($0.callsPerSecond),
                        "errors_per_second": number($0.errorsPerSecond), "p50": number($0.median),
                        "p99": number($0.slowest),
                    ]
                }),
            "apps": .array(
                apps.map {
                    [
                        "app": .string($0.name), "connections": number($0.connections),
                        "hashing_queue": number($0.hashing),
                    ]
                }),
            "store": store, "hashing": hashing,
            "throttled_per_second": .object(throttled.map { JSON.Member($0.layer, number($0.perSecond)) }),
            "messages": [
                "pending": number(messages.pending), "dead": number(messages.dead),
                "oldest_seconds": number(messages.oldestSeconds),
            ],
            "sessions": number(sessions),
            "process": [
                "cpu": number(process.cpu), "memory_bytes": number(process.memory),
                "descriptors": number(process.descriptors),
            ],
        ]
    }
}
