"""What is looked after without anybody asking: models that end, automations that call what is gone."""
