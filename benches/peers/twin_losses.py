"""(C7) judged once more: does the twin's plan survive every loss that its tenants ask to survive?

For each period and loss a program of flows at the design hour is solved, with mining and everything else at zero, in each
way to run the site until one serves the tenants: on the utility, the halls that lean on what is lost on the gensets and
the others on the utility with no bus in common, or all on the gensets.
"""

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

from twin_program import CLASSES

ENOUGH_MW = 1e-4


class Losses:
    def __init__(self, twin):
        self.twin, self.parts = twin, twin.parts
        self.power, self.heat = [], []
        for link in twin.site.get("links", []):
            medium, terms = link["medium"] if isinstance(link["medium"], tuple) else (link["medium"], {})
            terms = terms if isinstance(terms, dict) else {}
            known = link["from"] in self.parts and link["to"] in self.parts
            if known and terms.get("serves", "Both") != "Mining":
                if medium == "Power" and not terms.get("normally_open", False):
                    self.power.append(link)
                elif medium in ("Air", "Liquid"):
                    self.heat.append((link, medium))
        self.programs, self.solved = {}, 0
        self.leans = {kind: {hall.id: self.leaned_on(hall.id, kind) for hall in twin.halls}
                      for kind in ("GridFeed", "Genset")}

    def leaned_on(self, hall, source):
        """Parts and links that can bring a hall's tenants power, or take their heat, on one kind of source."""
        supplied = {part.id for part in self.parts.values() if part.kind in (source, "Generation")}
        while True:
            more = {link["to"] for link in self.power if link["from"] in supplied
                    and self.parts[link["to"]].kind not in ("GridFeed", "Genset", "Battery", "Hall")
                    and not self.parts[link["to"]].cools} - supplied
            if not more:
                break
            supplied |= more
        found, open_parts = set(), [hall]
        while open_parts:
            part = open_parts.pop()
            ways = [(link["id"], link["from"]) for link in self.power if link["to"] == part and link["from"] in supplied]
            ways += [(link["id"], link["to"]) for link, _ in self.heat if link["from"] == part]
            for link, other in ways:
                found.add(("link", link))
                if ("part", other) not in found:
                    found.add(("part", other))
                    open_parts.append(other)
        return found

    def losses(self, level):
        """What a class asks to survive beside the class below it: pairs of what and which."""
        parts = [part for part in self.parts.values() if part.rating > 0 and part.kind != "Hall"]
        if level == 0:
            return [("nothing", None)]
        if level == 1:
            return [("unit", part.id) for part in parts]
        whole = [("part", part.id) for part in parts if part.data.get("units", 1) > 1]
        links = [("link", link["id"]) for link in self.power] + [("link", link["id"]) for link, _ in self.heat]
        return [*whole, *links, ("utility", None)]

    def left(self, loss, part):
        """Share of a part's usable rating that a loss leaves; spares step in for units."""
        what, which = loss
        if what == "utility":
            return 0.0 if part.kind == "GridFeed" else 1.0
        if which != part.id or what == "link":
            return 1.0
        if what == "part":
            return 0.0
        units = part.data.get("units", 1)
        working = max(units - part.data.get("spare_units", 0), 1)
        return min(working, units - 1) / working

    def ways(self, loss):
        """Ways to run: (halls on the utility, halls on the gensets)."""
        halls = [hall.id for hall in self.twin.halls]
        what, which = loss
        if what == "nothing":
            return [(halls, [])]
        if what == "utility":
            return [([], halls)]
        kind = "link" if what == "link" else "part"
        struck = [hall for hall in halls if (kind, which) in self.leans["GridFeed"][hall]]
        others = [hall for hall in halls if hall not in struck]
        return [(halls, [])] + ([(others, struck)] if struck and others else []) + [([], halls)]

    def program(self, on_utility, on_gensets):
        """Rows of a way to run: columns are tenants by hall, then a flow for each stream and link."""
        key = (tuple(on_utility), tuple(on_gensets))
        if key in self.programs:
            return self.programs[key]
        closed = set()
        if on_utility and on_gensets:
            closed = {which for hall in on_gensets for what, which in self.leans["Genset"][hall] if what == "part"
                      and not self.parts[which].cools and self.parts[which].kind != "Generation"}
        columns = [("host", hall) for hall in [*on_utility, *on_gensets]]
        equal, loads, caps = [], {}, {}
        for source, halls, shut in (("GridFeed", on_utility, closed), ("Genset", on_gensets, set())):
            if halls:
                self.stream(source, halls, shut, columns, equal, loads, caps)
        matrix = lambda rows: csr_matrix(  # noqa: E731
            ([w for row in rows for _, w in row],
             ([n for n, row in enumerate(rows) for _ in row], [c for row in rows for c, _ in row])),
            shape=(len(rows), len(columns)))
        self.programs[key] = (columns, matrix(equal), list(loads), matrix(list(loads.values())), caps)
        return self.programs[key]

    def stream(self, source, halls, shut, columns, equal, loads, caps):
        into, out, warm, cold = {}, {}, {}, {}

        def flow(link):
            columns.append(("flow", link["id"]))
            caps.setdefault(link["id"], []).append(len(columns) - 1)
            return (len(columns) - 1, 1.0)

        other = {"GridFeed": "Genset", "Genset": "GridFeed"}[source]
        for link in self.power:
            if self.parts[link["from"]].kind not in (other, "Battery") and link["from"] not in shut:
                term = flow(link)
                into.setdefault(link["to"], []).append(term)
                out.setdefault(link["from"], []).append(term)
        for link, medium in self.heat:
            term = flow(link)
            warm.setdefault(link["to"], []).append(term)
            cold.setdefault((link["from"], medium), []).append(term)
        for part in self.parts.values():
            wanted = list(out.get(part.id, []))
            taken = warm.get(part.id, [])
            if part.kind == "Hall":
                liquid = float(self.twin.world.halls[part.id]["liquid_share_of_hosting"])
                host = columns.index(("host", part.id)) if part.id in halls else None
                tenants = [] if host is None else [(host, 1.0)]
                wanted += tenants
                for medium, share in (("Air", 1 - liquid), ("Liquid", liquid)):
                    equal.append(cold.get((part.id, medium), []) + [(column, -share) for column, _ in tenants])
            elif part.cools:
                share = part.ratings["design_hour_power_share"]
                wanted += [(column, share) for column, _ in taken]
                onward = cold.get((part.id, "Air"), []) + cold.get((part.id, "Liquid"), [])
                if onward:
                    equal.append(onward + [(column, -1.0) for column, _ in taken])
                loads.setdefault(part.id, []).extend(taken)
            else:
                loads.setdefault(part.id, []).extend(out.get(part.id, []))
            if part.kind not in (source, "Generation"):
                equal.append([(column, -(1 - part.loss)) for column, _ in into.get(part.id, [])] + wanted)

    def short_mw(self, loss, ratings, wanted):
        """MW of tenants that a loss leaves without service in the best way to run."""
        least = np.inf
        for on_utility, on_gensets in self.ways(loss):
            columns, equal, parts, loads, caps = self.program(on_utility, on_gensets)
            most = [ratings[part] * self.left(loss, self.parts[part]) for part in parts]
            upper = np.full(len(columns), np.inf)
            upper[: len(wanted)] = [wanted[hall] for _, hall in columns[: len(wanted)]]
            if loss[0] == "link":
                upper[caps.get(loss[1], [])] = 0.0
            gain = np.zeros(len(columns))
            gain[: len(wanted)] = -1.0
            bounds = np.column_stack([np.zeros(len(columns)), upper])
            found = linprog(gain, loads, most, equal, np.zeros(equal.shape[0]), bounds, method="highs")
            self.solved += 1
            least = min(least, sum(wanted.values()) + found.fun)
            if least <= ENOUGH_MW:
                break
        return max(least, 0.0)

    def worst(self):
        """The largest shortfall of all periods and losses, MW, with its period and loss."""
        twin, values, seen = self.twin, self.twin.values(), set()
        worst = (0.0, None, None)
        order = list(CLASSES)
        for t in range(twin.calendar.periods):
            ratings = {}
            for part in self.parts.values():
                terms, constant = twin.rating(part, t)
                in_service = constant + sum(values[label] * weight for label, weight in terms)
                left = part.ratings.get("design_hour_share", 1.0) if part.cools else 1.0
                ratings[part.id] = max(in_service, 0.0) * left
                if part.kind == "GridFeed":
                    ratings[part.id] = min(twin.contract_mw(part.id, t), twin.firm_mw(part.id, t))
            for level in range(len(order)):
                wanted = {hall.id: 0.0 for hall in twin.halls}
                for (hall, offer), labels in twin.host.items():
                    if order.index(twin.survives(offer)) >= level and not twin.mines(offer):
                        wanted[hall] += max(values[labels[t]], 0.0)
                state = (level, *(round(mw, 7) for mw in [*wanted.values(), *ratings.values()]))
                if sum(wanted.values()) < 1e-6 or state in seen:
                    continue
                seen.add(state)
                for loss in self.losses(level):
                    short = self.short_mw(loss, ratings, wanted)
                    if short > worst[0]:
                        worst = (short, twin.calendar.date(twin.calendar.first[t]), loss)
        return worst
