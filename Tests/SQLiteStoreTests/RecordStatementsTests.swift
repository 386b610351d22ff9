import AuthTesting
import MVPAuth
import Testing

@testable import SQLiteStore

@Suite("Statements for records, in SQLite")
struct RecordStatementsTests {
    private let statements = RecordStatements(for: SampleRecord.self)

    @Test("find, insert and update by the key and the columns")
    func rows() {
        #expect(statements.find == "SELECT id, name, is_open, count FROM samples WHERE id = ?1")
        #expect(
            statements.insert
                == "INSERT INTO samples (id, name, is_open, count) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING")
        #expect(statements.update == "UPDATE samples SET name = ?2, is_open = ?3, count = ?4 WHERE id = ?1")
    }

    @Test("say what a query says")
    func queries() {
        let clauses =
            "FROM samples WHERE count IS NULL AND is_open = ?1 AND name >= ?2 AND name < ?3 AND count < ?4 AND "
            + "count > ?5 AND (name, id) < (?6, ?7) ORDER BY name DESC, id DESC LIMIT ?8"
        let (sql, values) = statements.select(SampleRecord.everything)
        #expect(sql == "SELECT id, name, is_open, count " + clauses)
        #expect(
            values == [
                .flag(true), .text("ad"), .text("ae"), .integer(5), .integer(1), .text(""),
                .identifier(high: 0, low: 0), .integer(7),
            ])
        let limited = statements.delete(SampleRecord.everything).sql
        #expect(limited == "DELETE FROM samples WHERE id IN (SELECT id " + clauses + ")")
        #expect(statements.delete(Query<SampleRecord>()).sql == "DELETE FROM samples")
        let ascending = Query<SampleRecord>().where(\.isOpen, false).ordered(by: \.name).after(.blank)
        #expect(
            statements.delete(ascending).sql
                == "DELETE FROM samples WHERE is_open = ?1 AND (name) > (?2) ORDER BY name")
    }
}
