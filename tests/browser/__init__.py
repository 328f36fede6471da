"""What a reader does, in a real Chromium, against a real `newscite serve`: each test is a promise of the chat."""
