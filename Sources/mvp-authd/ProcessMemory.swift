internal import Glibc

/// Gives back what only the start needed.
enum ProcessMemory {
    /// Lets go of the pages of code that were mapped so far: what runs on is mapped again from the page cache, some
    /// microseconds each, and the rest, most of it, is not. Code is never written, so nothing is lost.
    static func trim() {
        for range in codeRanges() {
            madvise(UnsafeMutableRawPointer(bitPattern: range.lowerBound), range.count, Int32(MADV_DONTNEED))
        }
    }

    /// The address ranges of executable mappings of files, from `/proc/self/maps` (proc(5)).
    private static func codeRanges() -> [Range<UInt>] {
        guard let file = fopen("/proc/self/maps", "re") else { return [] }
        defer { fclose(file) }
        var ranges: [Range<UInt>] = []
        var line = [CChar](repeating: 0, count: 4096)
        while fgets(&line, Int32(line.count), file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let fields = text.split(separator: " ")
            let bounds = (fields.first ?? "").split(separator: "-").compactMap { UInt($0, radix: 16) }
            guard fields.count >= 6, fields[1] == "r-xp", fields[5].hasPrefix("/"), bounds.count == 2 else { continue }
            ranges.append(bounds[0]..<bounds[1])
        }
        return ranges
    }
}
