-- The queries that only Postgres puts this way: a vector has its own type and its own operator.

-- name: patterns_put
INSERT INTO patterns (pattern_id, request_key, description, language, mode, profile, code, explanation, engine,
    examples, code_id, model, embedding, created_at, updated_at)
VALUES (:pattern_id, :request_key, :description, :language, :mode, :profile, :code, :explanation, :engine,
    :examples, :code_id, :model, CAST(:embedding AS VECTOR), :now, :now)
ON CONFLICT (request_key) DO UPDATE SET code = :code, explanation = :explanation, engine = :engine,
    examples = :examples, code_id = :code_id, model = :model, embedding = CAST(:embedding AS VECTOR), updated_at = :now
RETURNING *

-- name: patterns_nearest
SELECT *, embedding <=> CAST(:embedding AS VECTOR) AS distance
FROM patterns
WHERE model = :model AND vector_dims(embedding) = vector_dims(CAST(:embedding AS VECTOR))
ORDER BY distance, pattern_id
LIMIT :limit
