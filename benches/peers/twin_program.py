"""The rows of docs/model.md written once more, with linopy: power and heat as flows on every link, tail values as a row a
path. Names in brackets are the families of docs/model.md.
"""

import math

import linopy
import numpy as np
import xarray as xr

from twin_columns import FIBRE, WEATHERS, Columns
from twin_data import HOURS, date_of
from twin_ways import Ways

MILLION = 1e6
USES = ("Mining", "Hosting")
# A need of the file: its name in the dump and its column of halls.csv, in ascending order.
CLASSES = {"N": ("N", "n_mw"), "NPlusOne": ("N+1", "n_plus_1_mw"), "Maintainable": ("Maintainable", "maintainable_mw")}
SOURCES = ("GridFeed", "Generation")
STAND_BY = ("Genset", "Battery")


class Impossible(Exception):
    """No plan keeps every limit."""


class Twin(Columns):
    """One linear program. `floors` is a list of (plan year, floor, reference revenue), USD."""

    def __init__(self, site, world, detail, keep_mining=False, floors=()):
        super().__init__(site, world, detail, keep_mining)
        self.floors = floors
        self.constant = np.zeros(world.paths)
        for family in (self.building, self.space, self.flows, self.leaning, self.losses, self.customers,
                       self.machines, self.grid, self.budgets, self.settlement, self.promises):
            family()
        self.objective()
        for sense in ("=", "<=", ">="):
            self.write_rows(sense)

    def rating(self, part, t):
        """(C2) what stands of a part in a period: terms and a constant."""
        if part.planned is not None:
            return ([(self.stands[part.id][t], 1.0)] if part.id in self.planned else []), 0.0
        terms = [(self.remove[part.id][u], -part.rating) for u in range(t + 1)] if part.id in self.remove else []
        for other in self.planned.values():
            share = part.rating / other.rating
            if part.id in other.planned.get("replaces", []):
                terms.append((self.stands[other.id][t], -share))
            outage = other.planned.get("works_outage_months", 0.0)
            if outage > 0 and part.id in other.planned.get("works_outage", []):
                for u in range(t + 1):
                    ready = self.calendar.first[u] + other.planned["lead_months"]
                    down = self.calendar.overlap(t, ready - outage, ready)
                    terms += [(self.build[other.id][u], -share * down)] if down > 0 else []
        return terms, part.rating

    def accumulate(self, level, orders, lead, initial):
        """`level[t] = level[t-1] + orders whose lead has passed`."""
        arrives = [self.calendar.ready(t, lead) for t in range(self.calendar.periods)]
        for t, label in enumerate(level):
            before = [(level[t - 1], -1.0)] if t else []
            arrived = [(order, -1.0) for order, at in zip(orders, arrives) if at == t]
            self.row([(label, 1.0)] + before + arrived, "=", 0.0 if t else initial)

    def building(self):
        for part in self.planned.values():
            self.accumulate(self.stands[part.id], self.build[part.id], part.planned["lead_months"], 0.0)
        for labels in self.remove.values():
            self.row([(label, 1.0) for label in labels], "<=", 1.0)
        sets = {}
        for part in self.planned.values():
            chosen = part.planned.get("option_set")
            if chosen:
                sets.setdefault(chosen["set"], {}).setdefault(chosen["option"], []).append(part)
        for options in sets.values():
            shares = [self.one(f"share {n} {len(self.rows)}", 1.0) for n in range(len(options))]
            self.row([(share, 1.0) for share in shares], "<=", 1.0)
            for share, members in zip(shares, options.values()):
                for part in members:
                    self.row([(self.stands[part.id][-1], 1 / part.rating), (share, -1.0)], "<=")

    def mines(self, offer):
        return self.offers[offer]["terms"][0] == "BitcoinHosting"

    def tenants(self, hall, t, on_mining_port):
        return [(self.host[key][t], 1.0) for key in self.pairs
                if key[0] == hall and self.mines(key[1]) == on_mining_port]

    def space(self):
        calendar = self.calendar
        for hall in self.halls:
            data, fit = hall.ratings, hall.ratings.get("fit_out")
            fitted = data.get("fitted_mw", 0.0)
            lead = fit["lead_months"] if fit else 0.0
            self.accumulate(self.fitted[hall.id], self.fit[hall.id], lead, fitted)
            groups = data.get("row_groups", [])
            rack = "liquid" if float(self.world.halls[hall.id]["liquid_share_of_hosting"]) > 0 else "air"
            mining_mw, rack_mw = (sum(group["positions"] * group.get(kw, 0.0) for group in groups) / 1000
                                  for kw in ("mining_kw_per_position", f"{rack}_kw_per_rack"))
            for t in range(calendar.periods):
                hosted = self.tenants(hall.id, t, False)
                self.row(hosted + [(self.fitted[hall.id][t], -1.0)], "<=")
                mined = self.tenants(hall.id, t, True)
                mined += [(labels[t], 1.0) for key, labels in self.mine.items() if key[0] == hall.id]
                taken = []
                for u in range(t + 1) if fit else []:
                    begins = calendar.first[u] + lead - min(fit.get("works_outage_months", 0.0), lead)
                    taken.append((self.fit[hall.id][u], calendar.overlap(t, begins, math.inf)))
                room, critical = self.rating(hall, t)
                room = [(label, -weight) for label, weight in room]
                self.row(mined + taken + room, "<=", critical - fitted)
                if data["area_m2"] > 0:
                    rack_m2 = fit.get("m2_per_mw", 465.0) if fit else 0.0
                    self.weigh(mined, data.get("mining_m2_per_mw", 93.0), taken, rack_m2, fitted, data["area_m2"])
                weights = [1 / mw if mw > 0 else 0.0 for mw in (mining_mw, rack_mw)]
                if any(weights):
                    self.weigh(mined, weights[0], taken, weights[1], fitted, 1.0)

    def weigh(self, mined, of_mined, taken, of_taken, fitted, right):
        terms = [(label, weight * of_mined) for label, weight in mined]
        terms += [(label, weight * of_taken) for label, weight in taken]
        self.row(terms, "<=", right - fitted * of_taken)

    def flows(self):
        """(C1) to (C3): a flow on every link, by use and weather; one for both where what is carried is the same."""
        links = [link for link in self.site.get("links", [])
                 if link["from"] in self.parts and link["to"] in self.parts]
        power, heat = [], []
        for number, link in enumerate(links):
            medium, terms = link["medium"] if isinstance(link["medium"], tuple) else (link["medium"], {})
            terms = terms if isinstance(terms, dict) else {}
            serves = terms.get("serves", "Both")
            uses = [use for use in USES if serves in ("Both", use)]
            if medium == "Power" and not terms.get("normally_open", False):
                power += [(number, use) for use in uses if self.parts[link["from"]].kind not in STAND_BY]
            elif medium in ("Air", "Liquid"):
                heat += [(number, use, medium) for use in uses]
        self.imports = {}
        ways = [Ways(self, links, power, heat, t) for t in range(self.calendar.periods)]
        typical = None
        for weather, _ in WEATHERS:
            flows = [self.add(f"{of} {weather}", keys) for of, keys in (("power", power), ("heat", heat))]
            typical = typical or flows
            for t in range(self.calendar.periods):
                at = [{key: (typical[of] if key in same else flows[of])[key][t] for key in flows[of]}
                      for of, same in enumerate((ways[t].power, ways[t].heat))]
                self.balance(links, weather, t, *at)

    def it_load(self, hall, use, weather, t):
        """IT power of a hall by use: (label, weight, leaves by liquid)."""
        share = float(self.world.halls[hall]["liquid_share_of_hosting"])
        if use == "Hosting":
            hosted = self.tenants(hall, t, False)
            return [(label, by, liquid) for label, _ in hosted for by, liquid in ((1 - share, False), (share, True))]
        load = [(label, 1.0, False) for label, _ in self.tenants(hall, t, True)]
        for key, labels in self.run[weather].items():
            if key[0] == hall:
                load.append((labels[t], 1.0, self.fleets[key[1]].get("cooling", "Air") != "Air"))
        return load

    def balance(self, links, weather, t, currents, heats):
        hot = weather == "hot"
        into, out, heat_in, heat_out, carried = {}, {}, {}, {}, {}
        for (number, use), label in currents.items():
            into.setdefault((links[number]["to"], use), []).append((label, 1.0))
            out.setdefault((links[number]["from"], use), []).append((label, 1.0))
            carried.setdefault(number, []).append((label, 1.0))
        for (number, use, medium), label in heats.items():
            heat_in.setdefault((links[number]["to"], use), []).append((label, 1.0))
            heat_out.setdefault((links[number]["from"], use, medium), []).append((label, 1.0))
            carried.setdefault(number, []).append((label, 1.0))
        for number, terms in carried.items():
            if links[number].get("rating_mw") is not None:
                self.row(terms, "<=", links[number]["rating_mw"])
        for part in self.parts.values():
            taken, passed = [], []
            for use in USES:
                load = self.it_load(part.id, use, weather, t) if part.kind == "Hall" else []
                warm = heat_in.get((part.id, use), [])
                share = part.ratings.get("design_hour_power_share" if hot else "power_share", 0.0)
                wanted = [(label, weight) for label, weight, _ in load]
                wanted += [(label, share) for label, _ in warm if part.cools]
                wanted += out.get((part.id, use), [])
                passed += out.get((part.id, use), [])
                taken += warm
                if part.kind not in SOURCES:
                    given = [(label, -(1 - part.loss)) for label, _ in into.get((part.id, use), [])]
                    self.row(given + wanted, "=")
                if part.kind == "Hall":
                    for medium in ("Air", "Liquid"):
                        sinks = heat_out.get((part.id, use, medium), [])
                        by = [(label, -weight) for label, weight, liquid in load if liquid == (medium == "Liquid")]
                        self.row(sinks + by if sinks else [], "=")
                elif part.cools:
                    onward = heat_out.get((part.id, use, "Air"), []) + heat_out.get((part.id, use, "Liquid"), [])
                    self.row(onward + [(label, -1.0) for label, _ in warm] if onward else [], "=")
            if part.kind == "GridFeed":
                self.imports[part.id, weather, t] = [out.get((part.id, use), []) for use in USES]
            elif part.kind != "Hall" and part.kind not in FIBRE:
                terms, constant = self.rating(part, t)
                left = part.ratings.get("design_hour_share", 1.0) if hot and part.cools else 1.0
                use = taken if part.cools else passed
                if use:
                    self.row(use + [(label, -weight * left) for label, weight in terms], "<=", constant * left)

    def leaning(self):
        """(C6), and the hall-by-hall part of (C7)."""
        for lean in self.world.leans:
            key, part = (lean["hall"], lean["offer"]), self.planned.get(lean["component"])
            if key in self.pairs and part:
                most = float(self.pairs[key]["most_mw"])
                for t, label in enumerate(self.host[key]):
                    self.row([(label, 1.0), (self.stands[part.id][t], -most / part.rating)], "<=")
        order = list(CLASSES)
        for hall in self.halls:
            for level, (_, column) in enumerate(CLASSES.values()):
                asks = [key for key in self.pairs if key[0] == hall.id and not self.mines(key[1])
                        and order.index(self.survives(key[1])) >= level]
                for t in range(self.calendar.periods):
                    self.row([(self.host[key][t], 1.0) for key in asks], "<=", float(self.world.halls[hall.id][column]))

    def survives(self, offer):
        return self.offers[offer].get("needs", {}).get("survives", "N")

    def losses(self):
        """(C7): rows that losses cut, given as data in the ratings of the period they name."""
        order = {label: level for level, (label, _) in enumerate(CLASSES.values())}
        level_of = {key: level for level, key in enumerate(CLASSES)}
        starts = {self.calendar.date(first): t for t, first in enumerate(self.calendar.first)}
        rows = {}
        for row in self.world.loss_rows:
            if (row["program"] == "keep mining") == self.keep:
                rows.setdefault(row["row"], []).append(row)
        for lines in rows.values():
            terms, right, t = [], 0.0, starts[date_of(lines[0]["period_start"])]
            for line in lines:
                part, weight = self.parts.get(line["component"]), float(line["weight"])
                if line["side"] == "hosting":
                    for key in self.pairs:
                        asks = level_of[self.survives(key[1])] >= order[line["survives"]]
                        if key[0] == part.id and asks and not self.mines(key[1]):
                            terms.append((self.host[key][t], weight))
                elif line["side"] == "rating":
                    if part.kind == "GridFeed":
                        right += weight * self.contract_mw(part.id, t)
                    elif part.kind == "Hall":
                        right += weight * part.rating
                    else:
                        of, constant = self.rating(part, t)
                        terms += [(label, -weight * by) for label, by in of]
                        right += weight * constant
                elif line["side"] == "firm":
                    right += weight * self.firm_mw(part.id, t)
                else:
                    right += weight
            self.row(terms, "<=", right)

    def contract_mw(self, feed, t):
        data = self.feeds[feed].data
        most = data["interconnection_mw"]
        return min(self.calendar.least_in_force(data.get("contract_mw", []), most, t), most)

    def firm_mw(self, feed, t):
        steps = self.feeds[feed].data.get("firm_mw", [])
        before = 0.0 if steps else math.inf
        return min(self.calendar.least_in_force(steps, before, t), self.contract_mw(feed, t))

    def customers(self):
        """(C8), and the GPUs of (C9)."""
        calendar = self.calendar
        for key in self.pairs:
            term = round(self.offers[key[1]]["term_months"])
            ends = [calendar.period_from(first + term) for first in calendar.first]
            for t, label in enumerate(self.host[key]):
                before = [(self.host[key][t - 1], -1.0)] if t else []
                ended = [(self.start[key][u], 1.0) for u in range(t) if ends[u] == t]
                self.row([(label, 1.0), (self.start[key][t], -1.0)] + before + ended, "=")
        for name, offer in self.offers.items():
            keys = [key for key in self.pairs if key[1] == name]
            from_day = date_of(offer.get("latest") or offer.get("earliest") or "0001-01-01")
            days = [calendar.date(first) for first in calendar.first]
            promised = next((t for t, day in enumerate(days) if day >= from_day), None)
            signed = offer.get("status", "Idea") == "Signed" and offer.get("min_mw", 0.0) > 0 and not self.keep
            for t in range(calendar.periods):
                hosted = [(self.host[key][t], 1.0) for key in keys]
                if signed and promised is not None and t >= promised:
                    if calendar.first[t] < calendar.first[promised] + offer["term_months"]:
                        self.row(hosted, ">=", offer["min_mw"])
                self.row(hosted, "<=", offer["max_mw"])
                if offer.get("start_mw_per_month") is not None:
                    pace = offer["start_mw_per_month"] * calendar.length[t]
                    self.row([(self.start[key][t], 1.0) for key in keys], "<=", pace)
                if name in self.gpu:
                    system = self.leases[name].system
                    lead, life = system.get("lead_months", 6.0), system.get("life_months", 60.0)
                    ready = [first + lead for first in calendar.first[: t + 1]]
                    alive = [(self.gpu[name][u], -1.0) for u, at in enumerate(ready)
                             if at <= calendar.first[t] < at + life]
                    self.row(hosted + alive, "<=")
        for least in self.limits.get("hosting_min_mw", []) if not self.keep else []:
            for t, first in enumerate(calendar.first):
                if calendar.date(first) >= date_of(least["from"]):
                    self.row([(labels[t], 1.0) for labels in self.host.values()], ">=", least["mw"])

    def machines(self):
        """(C9), and `run <= mine` of (C1)."""
        calendar = self.calendar
        year, month, _ = calendar.start
        for name, fleet in self.fleets.items():
            cohorts, life = fleet.get("cohorts", []), fleet.get("life_months", 60.0)
            lead = self.lead(fleet)
            arrives = [calendar.ready(t, lead) for t in range(calendar.periods)]
            self.row([(label, 1.0) for label in self.buy[name]], "<=", fleet.get("purchase_max_mw", 0.0))
            for t, label in enumerate(self.owned[name]):
                terms = [(label, 1.0), (self.retire[name][t], 1.0)]
                terms += [(self.owned[name][t - 1], -1.0)] if t else []
                terms += [(self.buy[name][u], -1.0) for u in range(t + 1) if arrives[u] == t]
                self.row(terms, "=", 0.0 if t else sum(cohort["mw"] for cohort in cohorts))
                now, alive = calendar.first[t], 0.0
                for cohort in cohorts:
                    bought = date_of(cohort["bought"])
                    ends = (bought[0] - year) * 12 + bought[1] - month + life
                    alive += cohort["mw"] if ends > now else 0.0
                young = [(self.buy[name][u], -1.0) for u in range(t + 1)
                         if calendar.first[u] + lead <= now < calendar.first[u] + lead + life]
                self.row([(label, 1.0)] + young, "<=", alive)
                standing = [(labels[t], 1.0) for key, labels in self.mine.items() if key[1] == name]
                self.row(standing + [(label, -1.0)] if standing else [], "<=")
        for key, labels in self.mine.items():
            for t, label in enumerate(labels):
                for weather, _ in WEATHERS:
                    self.row([(self.run[weather][key][t], 1.0), (label, -1.0)], "<=")
                if t:
                    self.row([(label, 1.0), (labels[t - 1], -1.0), (self.install[key][t], -1.0)], "<=")

    def grid(self):
        """(C10)."""
        calendar, discount = self.calendar, self.calendar.discount
        for name, feed in self.feeds.items():
            tariff, data = feed.data["tariff"], feed.data
            demand = tariff.get("demand_usd_per_kw_month", 0.0) * 1000
            coincident = tariff.get("four_cp_usd_per_kw_year", 0.0) * 1000
            metered = demand > 0 or coincident > 0
            peak = self.add(f"peak {name}", [0])[0] if metered else None
            billed = self.add(f"billed {name}", [0])[0] if metered else None
            take = data.get("minimum_take_share", 0.0)
            shortfall = self.add(f"shortfall {name}", [0])[0] if take > 0 else None
            for t in range(calendar.periods):
                span, contract = calendar.span(t), self.contract_mw(name, t)
                for weather, _ in WEATHERS:
                    mining, hosting = self.imports[name, weather, t]
                    if self.firm_mw(name, t) < math.inf:
                        self.row(hosting, "<=", self.firm_mw(name, t))
                    self.row(mining + hosting, "<=", contract)
                    if metered:
                        seen = [(label, 1 - tariff.get("peak_avoidance_share", 0.0)) for label, _ in mining]
                        for key, pair in self.pairs.items():
                            if pair["grid_feed"] == name and not self.mines(key[1]):
                                gross = float(pair["design_hour_utility_mw_per_it_mw"])
                                share = self.offers[key[1]].get("power_share", 0.0)
                                seen.append((self.host[key][t], share * gross))
                        self.row(seen + [(peak[t], -1.0)], "<=")
                if metered:
                    septembers = [m for m in span if calendar.calendar_month[m] == 9]
                    next_year = sum(discount[m + 4:m + 16].sum() / 12 for m in septembers)
                    self.cost[peak[t]] = -coincident * next_year
                    self.cost[billed[t]] = -demand * discount[span].sum()
                    self.row([(peak[t], 1.0), (billed[t], -1.0)], "<=")
                    for u in range(t):
                        if calendar.first[u] + calendar.length[u] + 11 > calendar.first[t]:
                            ratchet = tariff.get("ratchet_share", 0.0)
                            self.row([(peak[u], ratchet), (billed[t], -1.0)] if ratchet > 0 else [], "<=")
                if take > 0:
                    price = [max(feed.mean_price(int(calendar.calendar_month[m]), 1.0), 0.0) for m in span]
                    self.cost[shortfall[t]] = -(np.array(price) * HOURS * discount[span]).sum()
                    mining, hosting = self.imports[name, "typical", t]
                    self.row(mining + hosting + [(shortfall[t], 1.0)], ">=", take * contract)

    def settlement(self):
        """Fixed charges and fixed-price blocks: cash that nothing decides."""
        calendar = self.calendar
        for feed in self.feeds.values():
            tariff = feed.data["tariff"]
            block = tariff.get("block")
            for month in range(calendar.months):
                usd = -tariff.get("fixed_usd_per_month", 0.0)
                if block and (not block.get("until") or calendar.date(month) < date_of(block["until"])):
                    scale = self.world.power_scale[:, month]
                    index = feed.mean_price(int(calendar.calendar_month[month]), scale) - feed.adder
                    usd = usd + block["mw"] * HOURS * (index - block["usd_per_mwh"])
                self.constant = self.constant + usd * calendar.discount[month]

    def budgets(self):
        """(C11)."""
        by_year = [(int(b["year"]), b["usd"]) for b in self.limits.get("capex_by_year_usd", [])]
        total = self.limits.get("capex_total_usd")
        for year, usd in by_year + ([(None, total)] if total is not None else []):
            spent = {}
            for label, month, paid in self.capex:
                if year is None or self.calendar.date(month)[0] == year:
                    spent[label] = spent.get(label, 0.0) + paid / MILLION
            self.row(list(spent.items()), "<=", usd / MILLION)

    def promises(self):
        """(C14) with a row a path, (C15)."""
        paths, level = self.world.paths, self.plan.get("tail_level", 0.9)
        share = self.limits.get("contracted_share") or 0.0
        for year, floor, reference in self.floors:
            if floor > 0:
                labels = [label for label, usd in self.revenue.items() if usd[:, year].any()]
                usd = np.array([self.revenue[label][:, year] for label in labels]) / MILLION
                self.tail(f"revenue {year}", labels, usd.reshape(len(labels), paths), 0.0, level, floor / MILLION)
            if share > 0:
                due = [(label, usd[year] / MILLION) for label, usd in self.contracted.items() if usd[year] > 0]
                self.row(due, ">=", share * reference / MILLION)

    def tail(self, name, labels, usd, constant, level, floor):
        """A column for the mean of the worst `1 - level` of the paths, held above `floor` where there is one.

        `usd` is labels by paths: short >= eta - value on each path, tail <= eta - mean(short) / (1 - level).
        """
        paths = self.world.paths
        eta, worst = self.one(f"eta {name}", lower=-math.inf), self.one(f"tail {name}", lower=-math.inf)
        zero = xr.DataArray(np.zeros(paths), [np.arange(paths)], ["path"])
        short = self.model.add_variables(lower=zero, name=f"short {name}").labels.values
        every = np.ones(paths)
        weights = np.vstack([-every, every, usd]).T
        columns = np.vstack([eta * every, short, np.outer(labels, every)]).T.astype(int)
        self.write(f"path {name}", weights, columns, ">=", -np.broadcast_to(constant, paths))
        mean = [(label, -1 / (paths * (1 - level))) for label in short]
        self.row([(worst, -1.0), (eta, 1.0)] + mean, ">=")
        if floor is not None:
            self.row([(worst, 1.0)], ">=", floor)
        return worst

    def objective(self):
        """`(1-w) E[NPV] + w CVaR(NPV)`, in million USD without the part that nothing decides."""
        weight, paths = self.plan.get("risk_weight", 0.0), self.world.paths
        cost = {label: (1 - weight) * np.mean(usd) / MILLION for label, usd in self.cost.items()}
        if weight > 0:
            certain = self.one("certain", lower=-math.inf)
            alike = [(label, usd / MILLION) for label, usd in self.cost.items() if np.ndim(usd) == 0]
            self.row([(certain, -1.0)] + alike, "=")
            by_path = {label: usd / MILLION for label, usd in self.cost.items() if np.ndim(usd) == 1}
            usd = np.vstack([np.ones(paths)] + list(by_path.values()))
            labels = [certain, *by_path]
            level = self.plan.get("tail_level", 0.9)
            cost[self.tail("NPV", labels, usd, self.constant / MILLION, level, None)] = weight
        self.certain = (1 - weight) * self.constant.mean()
        data = xr.Dataset({"coeffs": ("_term", list(cost.values())), "vars": ("_term", list(cost)), "const": 0.0})
        self.model.add_objective(linopy.LinearExpression(data, self.model), sense="max")

    def write(self, name, weights, columns, sense, right):
        """Rows by terms, as one constraint of linopy; a column of -1 is none."""
        row = np.arange(len(weights))
        terms = {"coeffs": (("row", "_term"), weights), "vars": (("row", "_term"), columns)}
        data = xr.Dataset({**terms, "const": ("row", np.zeros(len(row)))}, {"row": row})
        right = xr.DataArray(np.asarray(right, float), [row], ["row"])
        self.model.add_constraints(linopy.LinearExpression(data, self.model), sense, right, name=name)

    def write_rows(self, sense):
        """Rows of about equal length together, so that little is filled up."""
        by_length = {}
        for terms, _, right in (row for row in self.rows if row[1] == sense):
            by_length.setdefault((len(terms) - 1).bit_length(), []).append((terms, right))
        for length, rows in by_length.items():
            weights = np.zeros((len(rows), 2**length))
            columns = np.full(weights.shape, -1)
            for place, (terms, _) in enumerate(rows):
                weights[place, : len(terms)] = list(terms.values())
                columns[place, : len(terms)] = list(terms)
            self.write(f"{sense} {2**length}", weights, columns, sense, [right for _, right in rows])

    def solve(self):
        """Objective in USD.

        Raises Impossible where no plan keeps every limit.
        """
        _, condition = self.model.solve("highs", io_api="direct", output_flag=False)
        if condition.startswith("infeasible"):
            raise Impossible
        if condition != "optimal":
            raise RuntimeError(f"the twin's program is {condition}")
        return self.model.objective.value * MILLION + self.certain

    def values(self):
        """The optimum, by label."""
        values = {}
        for variable in self.model.variables.data.values():
            values.update(zip(variable.labels.values.ravel().tolist(), variable.solution.values.ravel().tolist()))
        return values

    def mean_revenue(self):
        """Expected billed revenue by plan year at the optimum, USD."""
        values, none = self.values(), np.zeros(self.calendar.months // 12)
        return sum((values[label] * usd.mean(axis=0) for label, usd in self.revenue.items()), none)

    def first_floor_year(self):
        """First full plan year after the shortest way to a hosted MW."""
        ways = []
        for hall, offer in ((pair["hall"], pair["offer"]) for pair in self.world.pairs):
            fit = self.parts[hall].ratings.get("fit_out")
            leads = [self.planned[lean["component"]].planned["lead_months"] for lean in self.world.leans
                     if (lean["hall"], lean["offer"]) == (hall, offer) and lean["component"] in self.planned]
            ways.append(max(leads + [fit["lead_months"] if fit else 0.0]))
        return math.ceil(min(ways) / 12) if ways else 1
