"""The neural networks, as `nn.Module`s and nothing else: no files, no devices, no threads."""
