"""`python -m bundle` in the folder `superset/`: write `assets/`."""

from bundle.write import write

print(f"assets: {write()} files")
