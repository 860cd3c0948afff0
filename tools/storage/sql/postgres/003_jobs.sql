-- Many requests under one name. An item belongs to one process while it runs, and is written once when it ends.
CREATE TABLE jobs (
    job_id TEXT PRIMARY KEY,
    idempotency_key TEXT UNIQUE,
    queue TEXT NOT NULL,
    total INTEGER NOT NULL,
    max_attempts INTEGER NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE job_items (
    job_id TEXT NOT NULL REFERENCES jobs ON DELETE CASCADE,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    request JSON NOT NULL,
    status TEXT NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    attempts INTEGER NOT NULL DEFAULT 0,
    result JSON,
    error JSON,
    owner TEXT,
    lease_until TIMESTAMPTZ,
    updated_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (job_id, position)
);
CREATE INDEX job_items_open ON job_items (job_id, position) WHERE status IN ('queued', 'running');
