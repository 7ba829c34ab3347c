"""`make bench-speed`: what the planner must reach in each regime, beside plain and chains.

The streamed part runs under a control group of little memory and a slow disk, which takes Linux and
root; most of its time goes to the plain replies. What was measured before is not measured again.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

_TARGET: Final = "qwen-1.5b"
_HERE: Final = Path(__file__).parent
_OUT: Final = Path("build")

_STREAMED: Final = (
    *("--draft", "self", "--regime", "streamed", "--memory", "1600M", "--disk", "500M"),
    *("--prompts", str(_HERE / "speed_prompts.json"), "--context", "1024", "--max-tokens", "64"),
    *("--chain-lengths", "16", "--budgets", "64", "--warm-ups", "0"),
)
_GREEDY: Final = ("--temperature", "0")
_SAMPLED: Final = ("--temperature", "0.6", "--top-p", "0.9", "--seed", "1")
_RESIDENT: Final = (
    *("--target", _TARGET, "--draft", "qwen-0.5b", "--prompts", "all", "--per-category", "2"),
    *("--modes", "off,auto", "--max-tokens", "128", "--context", "2048", "--repeats", "3"),
)
_TOKENS_PER_PASS: Final = (
    *("--target", _TARGET, "--draft", "qwen-0.5b", "--prompts", "chat", "--per-category", "3"),
    *("--modes", "chain,tree", "--chain-lengths", "16", "--budgets", "64"),
    *("--max-tokens", "96", "--context", "1024"),
)


def main() -> int:
    """Run the parts; the first failure ends it, with its exit code."""
    _OUT.mkdir(exist_ok=True)
    print("Resident: auto against plain", flush=True)
    if code := _bench("resident", *_RESIDENT, *_GREEDY):
        return code
    print("Tokens per pass at a budget of 64", flush=True)
    if code := _bench("tokens-per-pass", *_TOKENS_PER_PASS, *_GREEDY):
        return code
    print("Streamed from a disk of 500 MB/s, with 1.6 GB of memory", flush=True)
    made = _engine("selfdraft", _TARGET, "--type", "F16", "--json", stdout=subprocess.PIPE)
    if made.returncode:
        return made.returncode
    streamed = ("--target", json.loads(made.stdout)["path"], *_STREAMED)
    # A streamed pass takes as long whatever the sampler: plain is timed once, greedily.
    if code := _bench("streamed", *streamed, "--modes", "auto,chain,off", *_GREEDY):
        return code
    return _bench("streamed-sampled", *streamed, "--modes", "auto,chain", *_SAMPLED)


def _bench(name: str, *arguments: str) -> int:
    out = str(_OUT / f"bench-{name}.json")
    return _engine("bench", *arguments, "--json", out, "--resume", *sys.argv[1:]).returncode


def _engine(*arguments: str, stdout: int | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "engine", *arguments]
    return subprocess.run(command, stdout=stdout, text=True, check=False)


if __name__ == "__main__":
    sys.exit(main())
