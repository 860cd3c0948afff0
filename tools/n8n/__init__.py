"""The n8n side: the code node, items, runner profiles, the client of a real n8n."""
