"""Home Assistant's own agent answers when OpenAI cannot."""
