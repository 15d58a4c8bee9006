"""One turn of a conversation through the Responses API."""
