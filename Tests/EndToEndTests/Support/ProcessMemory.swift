import Foundation

/// What lies in the memory of another process.
enum ProcessMemory {
    /// Whether this process may read the memory of one that denies it to its user (CAP_SYS_PTRACE, capabilities(7)).
    static let isReadable: Bool = {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("CapEff:") }
        let bits = line.flatMap { UInt64($0.dropFirst(7).trimmingCharacters(in: .whitespaces), radix: 16) }
        return (bits ?? 0) & (1 << 19) != 0
    }()

    /// How often a text lies in what a process can write: its heap, its stacks and its data.
    static func count(of text: String, in pid: Int32) throws -> Int {
        // The kernel gives such a file in pieces, the first of which Foundation takes for all of it.
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: "/proc/\(pid)/maps"))
        var bytes = Data()
        while let piece = try file.read(upToCount: 65_536), !piece.isEmpty { bytes += piece }
        let maps = String(decoding: bytes, as: UTF8.self)
        let memory = open("/proc/\(pid)/mem", O_RDONLY | O_CLOEXEC)
        guard memory >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        defer { close(memory) }
        let needle = Array(text.utf8)
        var count = 0
        for line in maps.split(separator: "\n") {
            let fields = line.split(separator: " ", omittingEmptySubsequences: true)
            let ends = fields[0].split(separator: "-").compactMap { UInt64($0, radix: 16) }
            guard fields[1].hasPrefix("rw"), ends.count == 2 else { continue }
            count += occurrences(of: needle, in: memory, from: ends[0], to: ends[1])
        }
        return count
    }

    private static let piece = 1 << 20

    private static func occurrences(of needle: [UInt8], in memory: Int32, from start: UInt64, to end: UInt64) -> Int {
        var buffer = [UInt8](repeating: 0, count: piece + needle.count - 1)
        var (position, count) = (start, 0)
        while position < end {
            let wanted = Int(min(UInt64(buffer.count), end - position))
            let read = pread(memory, &buffer, wanted, off_t(position))
            if read >= needle.count { count += occurrences(of: needle, in: buffer[..<read]) }
            // Pieces overlap by what could lie across their border.
            position += UInt64(piece)
        }
        return count
    }

    private static func occurrences(of needle: [UInt8], in bytes: ArraySlice<UInt8>) -> Int {
        bytes.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return 0 }
            var (position, count) = (0, 0)
            while position + needle.count <= bytes.count,
                let found = memchr(start + position, Int32(needle[0]), bytes.count - needle.count + 1 - position)
            {
                if memcmp(found, needle, needle.count) == 0 { count += 1 }
                position = UnsafeRawPointer(found) - start + 1
            }
            return count
        }
    }
}
