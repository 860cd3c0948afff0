"""What is wrong with code, said before it runs: syntax, security, n8n's rules, complexity."""
