"""`python -m bundle` in the folder `superset/`: write `assets/`, and the page of dashboards in `docs/reference/`."""

from bundle import guide
from bundle.write import write

print(f"assets: {write()} files")
guide.write()
