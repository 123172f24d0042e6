"""salesops: a CRM in plain text."""
