package import StrictJSON

/// Reads lines from a server: results, errors and notifications. The client's half.
package struct ResponseParser {
    package enum Message: Sendable {
        case result(id: Int, JSONValue)
        /// The id is nil where the server could not tell which call it was.
        case failure(id: Int?, RPCErrorObject)
        case notification(method: ShortBytes, params: JSONValue?)
    }

    /// A line that a server has no business sending.
    package enum Defect: Error, Sendable, Equatable {
        case syntax(JSONSyntaxError)
        case flawed(String)
        case notAResponse
        /// An answer to a call that was not made here: its id is of another kind than the ids that are given.
        case foreign
    }

    private var scanner: JSONScanner

    package init(depthLimit: Int = JSONScanner.defaultDepthLimit) {
        scanner = JSONScanner(depthLimit: depthLimit)
    }

    package mutating func parse(_ line: UnsafeRawBufferPointer) throws(Defect) -> Message {
        let root: JSONValue
        do throws(JSONSyntaxError) {
            root = try scanner.scan(line)
        } catch {
            throw .syntax(error)
        }
        if let defect = root.document.defects.first { throw .flawed(defect.reason) }
        guard let version = root["jsonrpc"], version.stringEquals("2.0") else { throw .notAResponse }
        if let method = root["method"], method.kind == .string, root["id"] == nil {
            let name = method.withUnescapedBytes { ShortBytes(UnsafeRawBufferPointer($0)) }
            return .notification(method: name, params: root["params"])
        }
        guard let id = root["id"] else { throw .notAResponse }
        switch (root["result"], root["error"]) {
        case (let result?, nil):
            guard let id = id.int else { throw id.kind == .string || id.kind == .number ? .foreign : .notAResponse }
            return .result(id: id, result)
        case (nil, let error?):
            guard id.isNull || id.int != nil else {
                throw id.kind == .string || id.kind == .number ? .foreign : .notAResponse
            }
            do throws(JSONMismatches) {
                let object = try JSONDecoding.decode(RPCErrorObject.self, from: error, unknownMembers: .ignored)
                return .failure(id: id.int, object)
            } catch {
                throw .notAResponse
            }
        default:
            throw .notAResponse
        }
    }
}
