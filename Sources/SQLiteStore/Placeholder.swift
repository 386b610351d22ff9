import GRDB
enum PlaceholderSQLiteStore {}
