"""Bring one person's account in Superset to what standard input says; one process, safe to run again. `rapport user` calls this.

    echo '{"name": "eva", "role": "analyst", "password": null, "is_active": false}' | python superset/people.py

`password` sets a first password; null leaves the present one. The roles are those of the policy's own account of the same role.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "plugins")]
os.environ.setdefault("SUPERSET_CONFIG_PATH", str(HERE / "superset_config.py"))


def main() -> int:
    """Make or change the account; prints what was done."""
    said = json.loads(sys.stdin.read())

    from superset.app import create_app

    app = create_app()
    with app.app_context():
        from deploying.access import Policy, apply_person

        apply_person(Policy.read(), said["name"], role=said["role"], password=said["password"], is_active=said["is_active"])
    print(f"superset: {said['name']} is {said['role']}{'' if said['is_active'] else ', disabled'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
