"""Moving in where Home Assistant's own integration was, and out again."""
