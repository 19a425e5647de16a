"""What is trained: each module a method for `livestyle.training.run`. Settings are in `livestyle.training.config`."""
