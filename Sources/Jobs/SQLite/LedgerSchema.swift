/// The ledger's tables and their migrations.
enum LedgerSchema {
    /// Marks the file as a ledger: "slcy" in the file's header.
    static let applicationID: Int64 = 0x736C_6379

    /// `migrations[n]` upgrades version n to version n + 1. Released migrations are never edited; new ones are
    /// appended. Columns and indices named "watch" refer to drop folders, which had that name in the first versions.
    static let migrations = [
        """
        CREATE TABLE jobs (
            id INTEGER PRIMARY KEY,
            content TEXT NOT NULL,
            model TEXT NOT NULL,
            options TEXT NOT NULL,
            bytes INTEGER NOT NULL,
            watch TEXT,
            source TEXT NOT NULL,
            output TEXT NOT NULL,
            priority INTEGER NOT NULL,
            state TEXT NOT NULL
                CHECK (state IN ('queued', 'running', 'done', 'failed', 'quarantined', 'cancelled')),
            attempts INTEGER NOT NULL CHECK (attempts >= 0),
            progress REAL NOT NULL CHECK (progress BETWEEN 0 AND 1),
            failure_code TEXT,
            failure_message TEXT,
            warnings TEXT NOT NULL, -- a JSON array of strings
            created_at INTEGER NOT NULL, -- this and the other times: milliseconds since 1970
            started_at INTEGER,
            finished_at INTEGER,
            retry_at INTEGER,
            waits_since INTEGER, -- when retry_at was decided on
            UNIQUE (content, model, options),
            CHECK ((failure_code IS NULL) = (failure_message IS NULL)),
            CHECK ((retry_at IS NULL) = (waits_since IS NULL))
        ) STRICT;
        CREATE INDEX jobs_by_turn ON jobs (state, priority DESC, id);
        """,
        """
        ALTER TABLE jobs ADD COLUMN crashes INTEGER NOT NULL DEFAULT 0 CHECK (crashes >= 0);
        """,
        """
        ALTER TABLE jobs ADD COLUMN result TEXT; -- JSON
        """,
        """
        CREATE TABLE pauses (
            watch TEXT PRIMARY KEY, -- empty for all jobs
            since INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        """,
        """
        ALTER TABLE jobs ADD COLUMN waits_for TEXT;
        ALTER TABLE jobs ADD COLUMN waits INTEGER NOT NULL DEFAULT 0 CHECK (waits >= 0);
        CREATE INDEX jobs_that_wait ON jobs (waits_for) WHERE waits_for IS NOT NULL;
        """,
        """
        ALTER TABLE jobs ADD COLUMN ends INTEGER NOT NULL DEFAULT 0 CHECK (ends >= 0);
        ALTER TABLE jobs ADD COLUMN memory_ends INTEGER NOT NULL DEFAULT 0 CHECK (memory_ends >= 0);
        CREATE INDEX jobs_by_watch_and_turn ON jobs (watch, priority DESC, id) WHERE state = 'queued';
        """,
        // Indices for every filter, the queue and pruning, so that none of them reads every row.
        """
        CREATE INDEX jobs_by_state ON jobs (state, id);
        CREATE INDEX jobs_by_watch ON jobs (watch, id);
        CREATE INDEX jobs_by_watch_and_state ON jobs (watch, state, id);
        CREATE INDEX jobs_by_end ON jobs (finished_at, id) WHERE finished_at IS NOT NULL;
        CREATE INDEX jobs_by_retry ON jobs (retry_at) WHERE state = 'queued' AND retry_at IS NOT NULL;
        CREATE INDEX jobs_by_wait ON jobs (waits_since) WHERE state = 'queued' AND retry_at IS NOT NULL;
        DROP INDEX jobs_by_turn;
        CREATE TABLE job_counts (
            state TEXT PRIMARY KEY,
            count INTEGER NOT NULL CHECK (count >= 0)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO job_counts SELECT state, COUNT(*) FROM jobs GROUP BY state;
        CREATE TRIGGER count_new AFTER INSERT ON jobs BEGIN
            INSERT INTO job_counts VALUES (NEW.state, 1) ON CONFLICT (state) DO UPDATE SET count = count + 1;
        END;
        CREATE TRIGGER count_gone AFTER DELETE ON jobs BEGIN
            UPDATE job_counts SET count = count - 1 WHERE state = OLD.state;
        END;
        CREATE TRIGGER count_changed AFTER UPDATE OF state ON jobs WHEN NEW.state <> OLD.state BEGIN
            UPDATE job_counts SET count = count - 1 WHERE state = OLD.state;
            INSERT INTO job_counts VALUES (NEW.state, 1) ON CONFLICT (state) DO UPDATE SET count = count + 1;
        END;
        """,
    ]

    static var version: Int64 { Int64(migrations.count) }
}
