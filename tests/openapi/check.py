"""The OpenAPI document is one that others can work with: `check.py ARENA PACKAGES FOLDER` lints it, generates a client in
TypeScript and one in Python, type-checks and uses them, and has schemathesis ask it thousands of things.

ARENA is the binary, PACKAGES the folder with `node_modules`, FOLDER where what is generated goes. The tools of
`requirements.txt` stand beside the Python that runs this. A line is printed for each check, and an error ends it.
"""

import json
import os
import shutil
import subprocess
import sys
import time
import traceback
from pathlib import Path

import fuzz
import world

HERE = Path(__file__).parent
TOOLS = Path(sys.executable).parent


def ran(*command, cwd=None, **variables):
    """Runs a program that must end well; what it printed is shown when it does not."""
    environment = {**os.environ, **variables}
    done = subprocess.run([str(part) for part in command], cwd=cwd, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(f"{command[0]}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def lint(setting):
    ran(setting.bin / "redocly", "lint", setting.document, "--config", HERE / "redocly.yaml", REDOCLY_TELEMETRY="off")


def typescript(setting):
    folder = setting.fresh("typescript")
    ran(setting.bin / "openapi-typescript", setting.document, "--output", folder / "api.ts")
    shutil.copy(HERE / "client.ts", folder)
    (folder / "package.json").write_text('{"type": "module"}')
    (folder / "node_modules").symlink_to(setting.packages / "node_modules")
    ran(
        setting.bin / "tsc", "--strict", "--noUncheckedIndexedAccess", "--module", "nodenext", "--target", "es2022",
        "--skipLibCheck", "--types", "node", "--outDir", "built", "client.ts", cwd=folder,
    )
    with world.Server(setting.program) as server:
        ran("node", folder / "built/client.js", ARENA_URL=server.url, ARENA_TOKEN=server.operator)


def python(setting):
    folder = setting.fresh("python")
    ran(
        TOOLS / "openapi-python-client", "generate", "--path", setting.document, "--meta", "setup", "--fail-on-warning",
        "--config", HERE / "python-client.yaml", "--output-path", folder / "client",
    )
    ran(
        sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--no-build-isolation",
        "--disable-pip-version-check", "--target", folder / "installed", folder / "client",
    )
    with world.Server(setting.program) as server:
        ran(
            sys.executable, HERE / "client.py", PYTHONPATH=str(folder / "installed"),
            ARENA_URL=server.url, ARENA_TOKEN=server.operator,
        )


def schemathesis(setting):
    fuzz.check(setting.program, TOOLS, setting.fresh("schemathesis"))


CHECKS = {
    "the document passes a linter without an error or a warning": lint,
    "a TypeScript client is generated, type-checked and used": typescript,
    "a Python client is generated, installed and used": python,
    "made-up calls break nothing, and every answer is a described one": schemathesis,
}


class Setting:
    def __init__(self, program, packages, folder):
        self.program, self.packages, self.folder = program, Path(packages).absolute(), Path(folder).absolute()
        self.bin = self.packages / "node_modules/.bin"
        self.document = self.fresh("document") / "openapi.json"
        with world.Server(program) as server:
            self.document.write_text(json.dumps(server.document(), indent=1))

    def fresh(self, name):
        folder = self.folder / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder


def main():
    setting = Setting(*sys.argv[1:4])
    chosen = {name: check for name, check in CHECKS.items() if sys.argv[4:] in ([], [check.__name__])}
    failed = 0
    for name, check in chosen.items():
        began = time.monotonic()
        try:
            check(setting)
            verdict = "ok"
        except Exception:
            traceback.print_exc()
            failed, verdict = failed + 1, "FAILED"
        print(f"test {name} ... {verdict} ({time.monotonic() - began:.0f} s)", flush=True)
    outcome = "FAILED" if failed else "ok"
    print(f"test result: {outcome}. {len(chosen) - failed} passed; {failed} failed")
    return 1 if failed else 0


sys.exit(main())
