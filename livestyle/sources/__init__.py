"""Where frames come from: camera, video file, stream, pictures, the drawn demo scene."""
