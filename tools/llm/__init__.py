"""Language models: providers, the router, circuit breakers."""
