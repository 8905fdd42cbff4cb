"""`python -m bundle` in `superset/` writes `assets/`, exposures and the page of dashboards; `python -m bundle validate` only looks."""

import argparse
import sys

from bundle import exposures, guide, marts, validate
from bundle.write import read, write

parser = argparse.ArgumentParser(prog="python -m bundle")
parser.add_argument("what", nargs="?", choices=("write", "validate"), default="write")
if parser.parse_args().what == "validate":
    files = read()
    warehouse, policy = marts.relations(), marts.access()
    found = [*validate.problems(files, warehouse, policy), *validate.queries(warehouse, policy), *validate.unused()]
    for problem in found:
        print(f"  ! {problem}")
    print(f"{len(files)} files: {len(found) or 'no'} problem{'' if len(found) == 1 else 's'}")
    sys.exit(1 if found else 0)
print(f"assets: {write()} files")
exposures.write()
guide.write()
