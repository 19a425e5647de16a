"""The live picture: a source painted as fast as it comes, without Qt. `livestyle.live.pipeline.Live` runs it."""
