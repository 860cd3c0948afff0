-- Delivered and proven nodes, found again by meaning. An embedding is a blob of little-endian float32.
CREATE TABLE patterns (
    pattern_id TEXT PRIMARY KEY,
    request_key TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL,
    language TEXT NOT NULL,
    mode TEXT NOT NULL,
    profile TEXT NOT NULL,
    code TEXT NOT NULL,
    explanation TEXT NOT NULL,
    engine TEXT NOT NULL,
    examples TEXT NOT NULL,
    code_id TEXT,
    model TEXT NOT NULL,
    embedding BLOB NOT NULL,
    uses INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
);
