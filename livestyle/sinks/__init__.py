"""Where frames go: video files, pictures, nowhere."""
