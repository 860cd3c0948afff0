-- Delivered and proven nodes, found again by meaning. The column has no fixed length, since the embedding model is a setting.
CREATE EXTENSION IF NOT EXISTS vector;

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
    examples JSON NOT NULL,
    code_id TEXT,
    model TEXT NOT NULL,
    embedding VECTOR NOT NULL,
    uses INTEGER NOT NULL DEFAULT 0,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
