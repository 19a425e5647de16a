"""All that happens to a picture where the network lives, on a GPU, in torch: bytes go up once and down once."""
