"""An independent twin of the plan's linear program, written from docs/model.md with linopy and HiGHS.

Usage: plan_twin.py --program PROGRAM [--detail quick|full] [--rounds N] FILE...

For each site file the program is run with --dump-world and --json; the twin builds the same linear program from the
file and the dump, solves it, and compares. Both sides are timed: the twin from data to answer, the program as the
whole command. Ends with 1 where the objectives differ by more than 1e-6 of max(1 M USD, |objective|).

(C7): the rows that losses cut are taken from the dump, in the form `sum a*hosting <= sum b*rating + constant`. With
--losses the twin then judges by flow programs of its own whether its plan survives every loss, and ends with 1 where
it does not.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time

from twin_data import World, read_site, write_site
from twin_losses import ENOUGH_MW, Losses
from twin_program import Impossible, Twin
from twin_variants import VARIANTS

ALLOWED = 1e-6


def planned(program, file, detail, folder):
    command = [program, "plan", file, "--detail", detail, "--json"]
    begun = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    seconds = time.perf_counter() - begun
    done = subprocess.run([*command, "--dump-world", folder], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    # 1: the file has remarks, or the brief is impossible, which its status says.
    if done.returncode > 1 or not done.stdout:
        raise SystemExit(f"{' '.join(command)}\n{done.stderr}")
    return json.loads(done.stdout), seconds


def floor_years(keep, limits):
    """Years in which the floor holds: (plan year, floor, keep-mining's expected revenue)."""
    share = limits.get("worst_year_floor_share") or 0.0
    usd = limits.get("worst_year_floor_usd") or 0.0
    if share <= 0 and usd <= 0 and limits.get("contracted_share") is None:
        return []
    first = limits.get("floor_from_year")
    first = keep.first_floor_year() if first is None else int(first)
    revenue = keep.mean_revenue()
    return [(year, max(share * revenue[year], usd), revenue[year]) for year in range(first, len(revenue))]


def twin_of(file, folder, detail):
    """Solves the twin of a dump: the program, its objective, seconds to build and to solve."""
    site, world = read_site(file), World(folder)
    begun = time.perf_counter()
    keep = Twin(site, world, detail, keep_mining=True)
    built = time.perf_counter() - begun
    keep.solve()
    floors = floor_years(keep, site.get("limits", {}))
    solved = time.perf_counter() - begun - built
    begun = time.perf_counter()
    twin = Twin(site, world, detail, floors=floors)
    built += time.perf_counter() - begun
    begun = time.perf_counter()
    objective = twin.solve()
    return twin, objective, built, solved + time.perf_counter() - begun


def compare(program, file, detail, judge_losses):
    """True where both agree; prints a line a figure."""
    name = os.path.basename(file).removesuffix(".site.ron")
    with tempfile.TemporaryDirectory() as folder:
        plan, seconds = planned(program, file, detail, folder)
        is_impossible = plan["status"] == "infeasible"
        try:
            twin, objective, built, solved = twin_of(file, folder, detail)
        except Impossible:
            twin = None
    if twin is None or is_impossible:
        agrees = twin is None and is_impossible
        print(f"{name}, {detail}: {'agrees' if agrees else 'DISAGREES'}: program {plan['status']}, "
              f"twin {'impossible' if twin is None else 'possible'}", flush=True)
        return agrees
    expected = plan["objective_usd"]
    difference = abs(objective - expected) / max(1e6, abs(expected))
    agrees = difference <= ALLOWED
    print(f"{name}, {detail}: {'agrees' if agrees else 'DISAGREES'}")
    print(f"  objective: program {expected:,.2f} USD, twin {objective:,.2f} USD, difference {difference:.1e}")
    size, other = plan["size"], twin.model
    print(f"  program: {size['columns']} columns, {size['rows']} rows, {size['nonzeros']} nonzeros")
    print(f"  twin: {other.nvars} columns, {other.ncons} rows")
    print(f"  seconds: program {seconds:.2f} (the whole command), twin {built:.2f} to build and {solved:.2f} to solve")
    print(f"  twin over program: {(built + solved) / seconds:.1f}", flush=True)
    if judge_losses:
        losses = Losses(twin)
        short, when, loss = losses.worst()
        agrees &= short <= ENOUGH_MW
        print(f"  losses: {losses.solved} programs; short by {short:.1e} MW at most ({loss}, {when})", flush=True)
    return agrees


def varied(file, folder):
    """Copies of a site file, each changed in one way, and one with all changes."""
    files = []
    for name, changes in [*((name, [change]) for name, change in VARIANTS.items()), ("all", VARIANTS.values())]:
        site = read_site(file)
        for change in changes:
            change(site)
        stem = os.path.basename(file).removesuffix(".site.ron")
        files.append(os.path.join(folder, f"{stem} {name}.site.ron"))
        write_site(site, files[-1])
    return files


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default="wattshift", help="the wattshift command")
    parser.add_argument("--detail", choices=["quick", "full"], default="quick")
    parser.add_argument("--variants", action="store_true", help="also each file with what twin_variants.py changes")
    parser.add_argument("--losses", action="store_true", help="judge every loss on the twin's plan")
    parser.add_argument("--dump", metavar="DIR", help="only time the twin of one file on what was dumped before")
    parser.add_argument("files", nargs="+", metavar="FILE")
    arguments = parser.parse_args()
    if arguments.dump:
        _, objective, built, solved = twin_of(arguments.files[0], arguments.dump, arguments.detail)
        print(built, solved, objective)
        return
    with tempfile.TemporaryDirectory() as folder:
        files = list(arguments.files)
        for file in arguments.files if arguments.variants else []:
            files += varied(file, folder)
        agreed = [compare(arguments.program, file, arguments.detail, arguments.losses) for file in files]
    sys.exit(0 if all(agreed) else 1)


if __name__ == "__main__":
    main()
