internal import StrictJSON

/// Rows of a file, one after another, each with the line that it begins on.
protocol RecordSource {
    mutating func next() -> (line: Int, record: Result<TransferRecord, TransferProblem>)?
}

/// A JSON object on each line; blank lines are none.
struct JSONLineRecords: RecordSource {
    private let bytes: [UInt8]
    private var position: Int
    private var line = 0
    private var scanner = JSONScanner()

    init(_ bytes: [UInt8], from start: Int) {
        self.bytes = bytes
        position = start
    }

    mutating func next() -> (line: Int, record: Result<TransferRecord, TransferProblem>)? {
        while position < bytes.count {
            let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            let text = bytes[position..<end]
            position = end + 1
            line += 1
            if text.allSatisfy({ [0x20, 0x09, 0x0D].contains($0) }) { continue }
            return (line, TransferRecord.read(text, &scanner))
        }
        return nil
    }
}

/// The elements of an array.
struct JSONRecords: RecordSource {
    private var file: JSONFile
    private var scanner = JSONScanner()
    private var hasEnded = false
    private var isFirst = true

    /// - Parameter file: stands before the array.
    init(_ file: JSONFile) {
        self.file = file
    }

    /// The first of the named members that is there.
    init(listedIn file: JSONFile, named names: [String]) throws(TransferProblem) {
        let members = try file.members()
        guard
            let list = names.lazy.compactMap({ name in members.first { $0.name.utf8.elementsEqual(name.utf8) } }).first
        else { throw TransferProblem("the file has no list of accounts: \(names.joined(separator: ", "))") }
        self.init(file.at(list.value.lowerBound))
    }

    mutating func next() -> (line: Int, record: Result<TransferRecord, TransferProblem>)? {
        guard !hasEnded else { return nil }
        do throws(TransferProblem) {
            guard let range = try file.nextElement(isFirst: isFirst) else {
                hasEnded = true
                return nil
            }
            isFirst = false
            return (file.line(of: range.lowerBound), TransferRecord.read(file.bytes[range], &scanner))
        } catch {
            hasEnded = true
            return (file.line(of: file.position), .failure(error))
        }
    }
}

extension TransferRecord {
    fileprivate static func read(
        _ text: ArraySlice<UInt8>, _ scanner: inout JSONScanner
    ) -> Result<TransferRecord, TransferProblem> {
        do {
            let value = try text.withUnsafeBytes { try scanner.scanFlawless($0) }
            guard value.kind == .object, case .object(let members) = try JSON(value) else {
                return .failure(TransferProblem("it is no JSON object"))
            }
            return .success(TransferRecord(members: members))
        } catch let error as JSONSyntaxError {
            return .failure(TransferProblem("it is not JSON: \(error)"))
        } catch {
            return .failure(TransferProblem("it holds a number that is out of range"))
        }
    }
}
