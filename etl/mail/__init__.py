"""What the notifier needs of mail: a session, errors in words, letters kept for later."""
