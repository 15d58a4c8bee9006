"""Makes the integration importable as `custom_components.openai_conversation` in tests."""
