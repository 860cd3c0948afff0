"""A real n8n for tests: installed into a cache folder, started on loopback, driven through its public API."""
