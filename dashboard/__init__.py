"""What the pages share: settings, the session, charts."""
