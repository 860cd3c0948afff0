"""What hands hold: checks, optimiser, n8n's node, models, storage."""
