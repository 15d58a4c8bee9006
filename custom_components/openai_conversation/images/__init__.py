"""Pictures: made by OpenAI, kept by us, served at an address that goes on working."""
