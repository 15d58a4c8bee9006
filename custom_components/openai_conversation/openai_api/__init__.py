"""What we know about OpenAI: its models, its errors, its client."""
