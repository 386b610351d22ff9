/// Reads accounts out of a file, one after another: JSON Lines, a JSON document, or CSV, whichever it is.
///
/// A row that cannot be read is told with its line and the reason, and those behind it are read all the same. Members that
/// nothing is made of are collected, not passed over in silence.
package struct AccountReader: Sequence, IteratorProtocol {
    private var records: any RecordSource
    private let layout: any AccountLayout
    /// Names of members and columns that were met and not read, in the order in which they were met.
    package private(set) var unknownMembers: [String] = []

    /// Throws for a file of which nothing can be read.
    package init(
        _ bytes: [UInt8], format: TransferFormat = .own, hashConfig: FirebaseHashConfig? = nil
    ) throws(TransferProblem) {
        var layout = format.layout
        if var firebase = layout as? FirebaseLayout {
            firebase.hashConfig = hashConfig
            layout = firebase
        }
        // Programs of Microsoft begin a text with U+FEFF.
        let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        let first = bytes[start...].first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        switch first {
        case UInt8(ascii: "["):
            records = JSONRecords(JSONFile(bytes, from: start))
        case UInt8(ascii: "{") where !layout.lists.isEmpty:
            let file = JSONFile(bytes, from: start)
            try layout.prepare(file)
            records = try JSONRecords(listedIn: file, named: layout.lists)
        case UInt8(ascii: "{"): records = JSONLineRecords(bytes, from: start)
        case nil: records = JSONLineRecords([], from: 0)
        default: records = try CSVRecords(bytes, from: start)
        }
        self.layout = layout
    }

    package mutating func next() -> TransferredRow? {
        while let (line, record) = records.next() {
            do throws(TransferProblem) {
                let record = try record.get()
                for name in layout.names(in: record)
                where !layout.members.contains(name) && !unknownMembers.contains(name) {
                    unknownMembers.append(name)
                }
                if let account = try layout.account(record) {
                    return TransferredRow(line: line, account: .success(account))
                }
            } catch {
                return TransferredRow(line: line, account: .failure(error))
            }
        }
        return nil
    }
}
