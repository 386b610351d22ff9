import Testing

@testable import StrictJSON

@Suite("The bridge to Codable")
struct CodableTests {
    private struct Inner: Codable, Equatable {
        let tags: [String]
        let count: Int?
    }

    private struct Outer: Codable, Equatable {
        let name: String
        let flag: Bool
        let inner: Inner?
        let ratio: Double?
    }

    private let names = ["name", "flag", "inner", "ratio"]

    private func decode(_ text: String) throws -> Outer {
        var scanner = JSONScanner()
        return try JSONDecoding.decode(Outer.self, from: try scanner.scan(Array(text.utf8)), positions: names)
    }

    private func mismatches(_ text: String) -> [String] {
        do {
            _ = try decode(text)
            return []
        } catch let error as JSONMismatches {
            return error.all.map(\.path).sorted()
        } catch {
            return ["\(error)"]
        }
    }

    @Test("reads members by name and by position, and writes them compactly in order")
    func roundTrip() throws {
        let value = Outer(name: "a\"b", flag: true, inner: Inner(tags: ["x", "y"], count: nil), ratio: 0.5)
        #expect(try decode(#"{"ratio":0.5,"inner":{"tags":["x","y"]},"flag":true,"name":"a\"b"}"#) == value)
        #expect(try decode(#"["a\"b",true,{"tags":["x","y"]},0.5]"#) == value)
        #expect(try decode(#"["a",false]"#) == Outer(name: "a", flag: false, inner: nil, ratio: nil))
        let text = try JSONEncoding.text(of: value)
        #expect(
            String(decoding: text, as: UTF8.self)
                == #"{"name":"a\"b","flag":true,"inner":{"tags":["x","y"]},"ratio":0.5}"#)
        #expect(throws: (any Error).self) { try JSONEncoding.text(of: [Double.nan]) }
    }

    @Test(
        "names every member that does not fit",
        arguments: [
            (#"{"name":1,"flag":"x"}"#, ["flag", "name"]), (#"{"flag":true}"#, ["name"]),
            (#"{"name":null,"flag":true}"#, ["name"]),
            (#"{"name":"a","flag":true,"inner":{"tags":["x",2]}}"#, ["inner.tags[1]"]),
            (#"{"name":"a","flag":true,"inner":{"tags":[],"count":1.5}}"#, ["inner.count"]),
            (#"{"name":"a","flag":true,"extra":1}"#, ["extra"]),
            (#"{"name":"a","flag":true,"inner":{"tags":[],"x":1}}"#, ["inner.x"]),
            (#"{"name":"a","flag":1}"#, ["flag"]), (#"{"name":"a","flag":true,"ratio":"0.5"}"#, ["ratio"]),
        ])
    func wrong(text: String, paths: [String]) {
        #expect(mismatches(text) == paths)
    }

    @Test(
        "refuses surplus positions and what is no object",
        arguments: [#"["a",true,null,0.5,1]"#, "\"a\"", "1", "null", "[]"])
    func shapes(text: String) {
        #expect(!mismatches(text).isEmpty)
    }

    @Test("knows a type's shape, required members first told by what is optional")
    func shape() {
        let shape = Shape.of(Outer.self)
        #expect(shape.fields.map(\.name) == names)
        #expect(shape.fields.map(\.isRequired) == [true, true, false, false])
        let schema = shape.schema()
        #expect(
            schema["type"] == "object" && schema["required"] == ["name", "flag"]
                && schema["additionalProperties"] == false)
        #expect(schema["properties"]?["inner"]?["properties"]?["tags"]?["items"]?["type"] == "string")
    }

    @Test(
        "a member is called as its property, in snake case",
        arguments: [
            ("name", "name"), ("accessToken", "access_token"), ("userID", "user_id"), ("ID", "id"),
            ("callsPerUID", "calls_per_uid"), ("openrpcSHA256", "openrpc_sha256"), ("HTTPStatus", "http_status"),
            ("isHTTPOnly", "is_http_only"), ("a1B2", "a1_b2"), ("already_so", "already_so"), ("", ""),
        ])
    func memberName(property: String, member: String) {
        #expect(MemberName.snakeCase(property) == member)
    }

    private struct Named: Codable, Equatable {
        struct Inner: Codable, Equatable {
            let idBytes: Int
        }

        let userID: String
        let lastInner: Inner?
        let countsByName: [String: Int]
        let sameAsEver: Int

        enum CodingKeys: String, CodingKey {
            case userID, lastInner, countsByName
            case sameAsEver = "other"
        }
    }

    @Test("the rule holds for reading, writing, shapes and complaints, and leaves the keys of dictionaries alone")
    func namedMembers() throws {
        let value = Named(
            userID: "a", lastInner: Named.Inner(idBytes: 1), countsByName: ["aB": 1], sameAsEver: 2)
        let text = #"{"user_id":"a","last_inner":{"id_bytes":1},"counts_by_name":{"aB":1},"other":2}"#
        #expect(String(decoding: try JSONEncoding.text(of: value), as: UTF8.self) == text)
        var scanner = JSONScanner()
        #expect(try JSONDecoding.decode(Named.self, from: try scanner.scan(Array(text.utf8))) == value)
        #expect(Shape.of(Named.self).fields.map(\.name) == ["user_id", "last_inner", "counts_by_name", "other"])
        let positions = Shape.of(Named.self).fields.map(\.name)
        let row = #"["a",{"id_bytes":1},{"aB":1},2]"#
        #expect(
            try JSONDecoding.decode(Named.self, from: try scanner.scan(Array(row.utf8)), positions: positions) == value)
        let wrong = try scanner.scan(Array(#"{"user_id":1,"last_inner":{},"counts_by_name":{},"userID":"a"}"#.utf8))
        do throws(JSONMismatches) {
            _ = try JSONDecoding.decode(Named.self, from: wrong)
            Issue.record("it was accepted")
        } catch {
            #expect(Set(error.all.map(\.path)) == ["user_id", "other", "userID"])
        }
        let other = try scanner.scan(Array(#"{"user_id":"","last_inner":{},"counts_by_name":{},"other":1}"#.utf8))
        do throws(JSONMismatches) {
            _ = try JSONDecoding.decode(Named.self, from: other)
            Issue.record("it was accepted")
        } catch {
            #expect(error.all.map(\.path) == ["last_inner.id_bytes"])
        }
    }

    @Test("a tree comes back from its text, compact or pretty")
    func tree() throws {
        let tree: JSON = ["a": [1, 2.5, nil, true, "x\n"], "b": [:], "c": [], "": ["nested": ["deep"]]]
        for text in [tree.text, tree.prettyText] {
            var scanner = JSONScanner()
            #expect(try JSON(try scanner.scan(text)) == tree)
        }
        #expect(
            String(decoding: tree.text, as: UTF8.self)
                == #"{"a":[1,2.5,null,true,"x\n"],"b":{},"c":[],"":{"nested":["deep"]}}"#)
        var changed = tree
        changed["b"] = nil
        changed["new"] = 1
        #expect(changed["b"] == nil && changed["new"] == 1 && changed["a"]?[1] == 2.5)
    }
}
