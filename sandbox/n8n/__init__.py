"""n8n's own rules: globals, wrapping, what may be returned, its error texts."""
