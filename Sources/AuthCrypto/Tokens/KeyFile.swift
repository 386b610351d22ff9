internal import Glibc
internal import MVPAuth

/// A file that holds one secret and is nobody else's to read.
public enum KeyFile {
    /// The secret in the file; when there is no file, a new one of 256 random bits, mode 0600, there durably before this
    /// returns.
    public static func loadOrCreate(_ path: String) throws(KeyError) -> String {
        if let secret = try load(path) { return secret }
        try create(path, Base64.encode(SystemEntropy().bytes(32), Base64.url))
        guard let secret = try load(path) else { throw failure("The key file \(path) cannot be read") }
        return secret
    }

    /// The file's text without one final newline. Nil when there is no file.
    public static func load(_ path: String) throws(KeyError) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else {
            if errno == ENOENT { return nil }
            throw failure("The key file \(path) cannot be opened")
        }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw KeyError("The key file \(path) is not a regular file.")
        }
        guard status.st_mode & 0o037 == 0 else {
            throw KeyError("The key file \(path) may be read by others; allow at most mode 0640.")
        }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = read(file, &bytes, bytes.count)
        guard count >= 0 else { throw failure("The key file \(path) cannot be read") }
        bytes.removeSubrange(count...)
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw KeyError("The key file \(path) is not text.")
        }
        return text
    }

    /// Written beside its place and linked into it, so that there is never half a key; a file that came first is kept.
    private static func create(_ path: String, _ secret: String) throws(KeyError) {
        let draft = "\(path).\(Base64.encode(SystemEntropy().bytes(9), Base64.url))"
        let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw failure("The key file \(path) cannot be made") }
        defer { unlink(draft) }
        let bytes = Array((secret + "\n").utf8)
        let isWritten = write(file, bytes, bytes.count) == bytes.count && fsync(file) == 0
        close(file)
        guard isWritten, link(draft, path) == 0 || errno == EEXIST else {
            throw failure("The key file \(path) cannot be written")
        }
        let directory = open(path.contains("/") ? String(path[..<path.lastIndex(of: "/")!]) + "/" : ".", O_RDONLY)
        if directory >= 0 {
            fsync(directory)
            close(directory)
        }
    }

    private static func failure(_ what: String) -> KeyError {
        KeyError("\(what): \(String(cString: strerror(errno))).")
    }
}
