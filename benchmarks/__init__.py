"""How fast bplib is beside others, measured side by side; `python -m benchmarks` tells."""
