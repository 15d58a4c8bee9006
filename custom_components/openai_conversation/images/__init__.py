"""Images: made by OpenAI, kept by us, served at an address that keeps working."""
