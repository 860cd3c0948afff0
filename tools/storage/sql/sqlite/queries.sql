-- The queries that only SQLite puts this way; `cosine_distance` is registered by the connector.

-- name: patterns_put
INSERT INTO patterns (pattern_id, request_key, description, language, mode, profile, code, explanation, engine,
    examples, code_id, model, embedding, created_at, updated_at)
VALUES (:pattern_id, :request_key, :description, :language, :mode, :profile, :code, :explanation, :engine,
    :examples, :code_id, :model, :embedding, :now, :now)
ON CONFLICT (request_key) DO UPDATE SET code = :code, explanation = :explanation, engine = :engine,
    examples = :examples, code_id = :code_id, model = :model, embedding = :embedding, updated_at = :now
RETURNING *

-- name: patterns_nearest
SELECT *, cosine_distance(embedding, :embedding) AS distance
FROM patterns
WHERE model = :model
ORDER BY distance, pattern_id
LIMIT :limit
