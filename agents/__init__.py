"""Who thinks: synthesis from examples, and the agents that ask a model."""
