-- What was asked, and the code that came of it. Times are ISO 8601 in UTC, JSON is text as it was written.
CREATE TABLE runs (
    run_id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('running', 'done', 'failed', 'cancelled')),
    request TEXT NOT NULL,
    request_key TEXT NOT NULL,
    stage TEXT,
    result TEXT,
    error TEXT,
    code_id TEXT,
    owner TEXT NOT NULL,
    lease_until TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 1,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
);
CREATE INDEX runs_by_age ON runs (created_at DESC, run_id DESC);
CREATE INDEX runs_alive ON runs (lease_until) WHERE status = 'running';

CREATE TABLE codes (
    code_id TEXT PRIMARY KEY,
    description TEXT NOT NULL,
    language TEXT NOT NULL,
    latest INTEGER NOT NULL,
    updated_at TEXT NOT NULL
);

CREATE TABLE versions (
    code_id TEXT NOT NULL REFERENCES codes ON DELETE CASCADE,
    number INTEGER NOT NULL,
    code TEXT NOT NULL,
    node TEXT NOT NULL,
    mode TEXT NOT NULL,
    engine TEXT NOT NULL,
    evidence TEXT NOT NULL,
    run_id TEXT,
    restored_from INTEGER,
    created_at TEXT NOT NULL,
    PRIMARY KEY (code_id, number)
);
