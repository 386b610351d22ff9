internal import Glibc
internal import Host

/// A directory whose files an operator wrote: templates, texts.
package enum DirectoryListing {
    /// The names in it, in their order. What editors leave behind, and what begins with a dot, is not meant.
    ///
    /// - Parameter noun: how a sentence about the directory begins.
    package static func files(in directory: String, called noun: String) throws(SettingsError) -> [String] {
        guard let stream = opendir(directory) else {
            throw SettingsError("\(noun) \(printable(directory)) cannot be read: \(String(cString: strerror(errno))).")
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.utf8.first != UInt8(ascii: "."), name.utf8.last != UInt8(ascii: "~") { names.append(name) }
        }
        return names.sorted()
    }
}
