"""Where sound comes from: microphones and films, told by the clock that tells when frames were taken."""
