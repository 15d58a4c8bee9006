"""A real Home Assistant, the integration, and the stand-in for OpenAI, as a user sees them."""
