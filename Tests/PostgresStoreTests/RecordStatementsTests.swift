import AuthTesting
import MVPAuth
import Testing

@testable import PostgresStore

@Suite("Statements for records, in PostgreSQL")
struct RecordStatementsTests {
    private let statements = RecordStatements(for: SampleRecord.self)

    @Test("find, insert and update by the key and the columns")
    func rows() {
        let find = "SELECT id, name, is_open, count FROM samples WHERE id = $1"
        #expect(statements.find(.null, locking: false).sql == find)
        #expect(statements.find(.null, locking: true).sql == find + " FOR NO KEY UPDATE")
        #expect(
            statements.insert(SampleRecord.blank).sql == """
                INSERT INTO samples (id, name, is_open, count)
                VALUES ($1, $2, $3, $4)
                ON CONFLICT DO NOTHING RETURNING id
                """)
        #expect(
            statements.update(SampleRecord.blank).sql
                == "UPDATE samples SET name = $2, is_open = $3, count = $4 WHERE id = $1")
    }

    @Test("keep the columns by which other programs' writing is noticed")
    func keptColumns() {
        let users = RecordStatements(for: User.self).update(User.blank).sql
        #expect(users.hasSuffix(", hash_version = hash_version + 1 WHERE id = $1"))
        let sessions = RecordStatements(for: Session.self)
        let insert = sessions.insert(Session.blank).sql
        #expect(insert.contains(", own_hash)\nVALUES ("))
        let written = insert.firstMatch(of: /, left\(\$(\d+)::varchar, 16\)\)\nON CONFLICT/)?.output.1
        let update = sessions.update(Session.blank).sql
        #expect(update.contains(", own_hash = left($\(written ?? "")::varchar, 16) WHERE id = $1"))
        #expect(update.contains("refresh_token_hash = $\(written ?? ""),"))
    }

    @Test("say what a query says")
    func queries() {
        let clauses =
            "FROM samples WHERE count IS NULL AND is_open AND name ~>=~ $1 AND name ~<~ $2 AND count < $3 AND "
            + "count > $4 AND (name, id) < ($5, $6) ORDER BY name DESC, id DESC LIMIT $7"
        let select = "SELECT id, name, is_open, count " + clauses
        #expect(statements.all(SampleRecord.everything, locking: false).sql == select)
        #expect(
            statements.all(SampleRecord.everything.skippingLocked(), locking: true).sql
                == select + " FOR NO KEY UPDATE SKIP LOCKED")
        let limited = statements.delete(SampleRecord.everything).sql
        #expect(limited == "DELETE FROM samples WHERE id IN (SELECT id " + clauses + ")")
        let ascending = Query<SampleRecord>().where(\.isOpen, false).ordered(by: \.name).after(.blank)
        #expect(
            statements.delete(ascending).sql
                == "DELETE FROM samples WHERE NOT is_open AND (name) > ($1) ORDER BY name")
    }
}
