"""What the figures in README.md were measured with. Run: python -m benchmarks [name ...]"""
