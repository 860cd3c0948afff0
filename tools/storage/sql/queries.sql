-- Every query that SQLite and Postgres share. `-- name: x` opens one; `:value` is a parameter.

-- name: runs_start
INSERT INTO runs (run_id, kind, status, request, request_key, owner, lease_until, created_at, updated_at)
VALUES (:run_id, :kind, 'running', :request, :request_key, :owner, :lease_until, :now, :now)
ON CONFLICT (run_id) DO NOTHING
RETURNING *

-- name: runs_renew
UPDATE runs SET stage = COALESCE(CAST(:stage AS TEXT), stage), lease_until = :lease_until, updated_at = :now
WHERE run_id = :run_id AND owner = :owner AND status = 'running'
RETURNING run_id

-- name: runs_finish
UPDATE runs SET status = :status, result = :result, error = :error, code_id = :code_id, updated_at = :now
WHERE run_id = :run_id AND status = 'running' AND (CAST(:owner AS TEXT) IS NULL OR owner = :owner)
RETURNING *

-- name: runs_reopen
UPDATE runs SET status = 'running', error = NULL, owner = :owner, lease_until = :lease_until, attempts = attempts + 1,
    updated_at = :now
WHERE run_id = :run_id AND status IN ('failed', 'cancelled')
RETURNING *

-- name: runs_take_over
UPDATE runs SET owner = :owner, lease_until = :lease_until, attempts = attempts + 1, updated_at = :now
WHERE run_id = :run_id AND status = 'running' AND owner = :previous
RETURNING *

-- name: runs_get
SELECT * FROM runs WHERE run_id = :run_id

-- name: runs_list
SELECT run_id, kind, status, stage, code_id, attempts, owner, lease_until, request_key, created_at, updated_at
FROM runs
WHERE (CAST(:status AS TEXT) IS NULL OR status = :status)
    AND (CAST(:kind AS TEXT) IS NULL OR kind = :kind)
    AND (CAST(:code_id AS TEXT) IS NULL OR code_id = :code_id)
    AND (CAST(:before AS TEXT) IS NULL OR (created_at, run_id) < (
        SELECT earlier.created_at, earlier.run_id FROM runs AS earlier WHERE earlier.run_id = :before
    ))
ORDER BY created_at DESC, run_id DESC
LIMIT :limit

-- name: runs_alive
SELECT * FROM runs WHERE status = 'running' ORDER BY created_at, run_id

-- name: runs_expire
DELETE FROM runs WHERE status <> 'running' AND updated_at < :before RETURNING run_id

-- name: codes_next
INSERT INTO codes (code_id, description, language, latest, updated_at)
VALUES (:code_id, :description, :language, 1, :now)
ON CONFLICT (code_id) DO UPDATE SET latest = codes.latest + 1, updated_at = :now
RETURNING latest

-- name: codes_lock
UPDATE codes SET updated_at = updated_at WHERE code_id = :code_id RETURNING latest

-- name: versions_add
INSERT INTO versions (code_id, number, code, node, mode, engine, evidence, run_id, restored_from, created_at)
VALUES (:code_id, :number, :code, :node, :mode, :engine, :evidence, :run_id, :restored_from, :now)

-- name: versions_get
SELECT versions.*, codes.description, codes.language
FROM versions INNER JOIN codes ON codes.code_id = versions.code_id
WHERE versions.code_id = :code_id
    AND versions.number = COALESCE(CAST(:number AS INTEGER), codes.latest)

-- name: versions_list
SELECT versions.*, codes.description, codes.language
FROM versions INNER JOIN codes ON codes.code_id = versions.code_id
WHERE versions.code_id = :code_id
ORDER BY versions.number DESC
LIMIT :limit

-- name: codes_list
SELECT code_id, description, language, latest, updated_at FROM codes ORDER BY updated_at DESC, code_id LIMIT :limit

-- name: codes_delete
DELETE FROM codes WHERE code_id = :code_id RETURNING code_id

-- name: patterns_get
SELECT * FROM patterns WHERE pattern_id = :pattern_id

-- name: patterns_recall
UPDATE patterns SET uses = uses + 1, updated_at = :now WHERE request_key = :request_key RETURNING *

-- name: patterns_list
SELECT * FROM patterns ORDER BY updated_at DESC, pattern_id LIMIT :limit

-- name: patterns_delete
DELETE FROM patterns WHERE pattern_id = :pattern_id RETURNING pattern_id

-- name: patterns_clear
DELETE FROM patterns RETURNING pattern_id

-- name: patterns_any
SELECT 1 AS found FROM patterns WHERE model = :model LIMIT 1

-- name: jobs_add
INSERT INTO jobs (job_id, idempotency_key, queue, total, max_attempts, created_at)
VALUES (:job_id, :idempotency_key, :queue, :total, :max_attempts, :now)
ON CONFLICT DO NOTHING
RETURNING *

-- name: jobs_find
SELECT * FROM jobs WHERE idempotency_key = :idempotency_key

-- name: jobs_get
SELECT * FROM jobs WHERE job_id = :job_id

-- name: jobs_list
SELECT * FROM jobs ORDER BY created_at DESC, job_id LIMIT :limit

-- name: jobs_counts
SELECT status, COUNT(*) AS count FROM job_items WHERE job_id = :job_id GROUP BY status

-- name: jobs_open
SELECT jobs.* FROM jobs
WHERE EXISTS (
    SELECT 1 FROM job_items WHERE job_items.job_id = jobs.job_id AND job_items.status IN ('queued', 'running')
)
ORDER BY jobs.created_at, jobs.job_id

-- name: jobs_expire
DELETE FROM jobs
WHERE created_at < :before AND NOT EXISTS (
    SELECT 1 FROM job_items WHERE job_items.job_id = jobs.job_id AND job_items.status IN ('queued', 'running')
)
RETURNING job_id

-- name: items_add
INSERT INTO job_items (job_id, position, kind, request, updated_at)
VALUES (:job_id, :position, :kind, :request, :now)

-- name: items_open
SELECT position, status, owner, lease_until FROM job_items
WHERE job_id = :job_id AND position BETWEEN :first AND :last AND status IN ('queued', 'running')
ORDER BY position

-- name: items_running
SELECT position, owner, lease_until FROM job_items
WHERE job_id = :job_id AND position BETWEEN :first AND :last AND status = 'running'

-- name: items_claim
UPDATE job_items SET status = 'running', owner = :owner, lease_until = :lease_until, attempts = attempts + 1,
    updated_at = :now
WHERE job_id = :job_id AND position BETWEEN :first AND :last AND status = 'queued'
RETURNING *

-- name: items_take_over
UPDATE job_items SET owner = :owner, lease_until = :lease_until, attempts = attempts + 1, updated_at = :now
WHERE job_id = :job_id AND position = :position AND status = 'running' AND owner = :previous
RETURNING *

-- name: items_renew
UPDATE job_items SET lease_until = :lease_until, updated_at = :now
WHERE job_id = :job_id AND owner = :owner AND status = 'running'
RETURNING position

-- name: items_finish
UPDATE job_items SET status = :status, result = :result, error = :error, owner = NULL, updated_at = :now
WHERE job_id = :job_id AND position = :position AND status = 'running' AND owner = :owner
RETURNING position

-- name: items_cancel
UPDATE job_items SET status = 'cancelled', owner = NULL, updated_at = :now
WHERE job_id = :job_id AND status IN ('queued', 'running')
RETURNING position

-- name: items_retry
UPDATE job_items SET status = 'queued', attempts = 0, error = NULL, updated_at = :now
WHERE job_id = :job_id AND status IN ('failed', 'cancelled')
RETURNING position

-- name: items_ended
SELECT * FROM job_items
WHERE job_id = :job_id AND position > :after AND status IN ('done', 'failed', 'cancelled')
    AND (CAST(:status AS TEXT) IS NULL OR status = :status)
ORDER BY position
LIMIT :limit

-- name: hints_tell
INSERT INTO hints (subject, teller, valid_until) VALUES (:subject, :teller, :valid_until)
ON CONFLICT (subject, teller) DO UPDATE SET valid_until = :valid_until

-- name: hints_take_back
DELETE FROM hints WHERE subject = :subject AND teller = :teller RETURNING subject

-- name: hints_heard
SELECT subject FROM hints WHERE teller <> :teller AND valid_until > :now GROUP BY subject ORDER BY subject

-- name: hints_expire
DELETE FROM hints WHERE valid_until < :now RETURNING subject
