"""The columns of the twin and what each does to the money, read from docs/model.md. Money in USD, power in MW."""

import math

import linopy
import numpy as np
import xarray as xr

from twin_data import Calendar, Feed, Lease, date_of, mining_months, resale_usd_per_mw
from twin_hedge import sell_forward

WEATHERS = (("typical", 0.996), ("hot", 0.004))
FIBRE = ("MeetMeRoom", "Carrier", "Metro")


class Part:
    """A component with what the rows ask of it."""

    def __init__(self, component):
        self.id, self.data = component["id"], component
        kind = component["kind"]
        self.kind, ratings = (kind, {}) if isinstance(kind, str) else kind
        self.ratings = ratings if isinstance(ratings, dict) else {}
        units = max(component.get("units", 1) - component.get("spare_units", 0), 1)
        factor = component.get("power_factor", 1.0)
        by_kind = {"GridFeed": "interconnection_mw", "Hall": "critical_mw"}
        if self.kind in FIBRE:
            one = 0.0
        elif "rating_mva" in self.ratings:
            one = self.ratings["rating_mva"] * factor
        else:
            one = self.ratings.get(by_kind.get(self.kind, "heat_mw" if self.cools else "rating_mw"))
        self.rating = one * units
        self.loss = self.ratings.get("loss_share", 0.04 if self.kind == "Ups" else 0.0)
        state = component.get("state", "Existing")
        self.planned = state[1] if state[0] == "Planned" else None
        self.removal = state[1] if state[0] == "Removable" else None

    @property
    def cools(self):
        return "power_share" in self.ratings

    @property
    def most_hosting(self):
        hall = self.ratings
        return max(hall["critical_mw"] * hall.get("convertible_share", 0.0), hall.get("fitted_mw", 0.0))


class Columns:
    """What may be decided and the cash it brings, by path. `keep_mining` builds and converts nothing."""

    def __init__(self, site, world, detail, keep_mining=False):
        self.site, self.world, self.keep = site, world, keep_mining
        self.calendar = Calendar(site, detail)
        self.limits, self.company = site.get("limits", {}), site.get("company", {})
        self.plan = site.get("plan", {})
        self.parts = {}
        for component in site.get("components", []):
            self.parts.setdefault(component["id"], Part(component))
        self.halls = [part for part in self.parts.values() if part.kind == "Hall"]
        self.offers = {offer["id"]: offer for offer in site.get("offers", [])}
        self.fleets = {fleet["id"]: fleet for fleet in site.get("fleets", [])}
        self.feeds = {p.id: Feed(p.data, world) for p in self.parts.values() if p.kind == "GridFeed"}
        self.model = linopy.Model()
        self.cost, self.capex, self.revenue, self.contracted = {}, [], {}, {}
        self.rows = []
        self.columns()

    # Columns, each a table of labels by index and period.

    def add(self, name, keys, upper=math.inf, lower=0.0):
        """A column for every key and period; `upper` may be a table."""
        shape = (len(keys), self.calendar.periods)
        if not keys:
            return {}
        coords = [np.arange(shape[0]), np.arange(shape[1])]
        bounds = [xr.DataArray(np.broadcast_to(b, shape), coords, ["of", "t"]) for b in (lower, upper)]
        labels = self.model.add_variables(*bounds, name=name).labels.values
        return dict(zip(keys, labels))

    def one(self, name, upper=math.inf, lower=0.0):
        return int(self.model.add_variables(lower, upper, name=name).labels)

    def row(self, terms, sense, right=0.0):
        """`terms` is a list of (label, coefficient); a row without terms says nothing."""
        if terms:
            merged = {}
            for label, weight in terms:
                merged[label] = merged.get(label, 0.0) + weight
            self.rows.append((merged, sense, right))

    def pays(self, label, schedule):
        """Cash spent on things, by month: in NPV and in budgets."""
        self.cost[label] = self.cost.get(label, 0.0) - sum(usd * self.calendar.discount[m] for m, usd in schedule)
        self.capex += [(label, month, usd) for month, usd in schedule]

    def priced(self, t, usd, payments):
        """The price of a thing ordered in a period, agreed at the order and paid in shares."""
        order = self.calendar.first[t]
        agreed = usd * (1 + self.company.get("contingency_share", 0.0)) * self.calendar.level[order]
        shares = [(p.get("months_after_order", 0.0), p["share"]) for p in payments] or [(0.0, 1.0)]
        return [(order + math.floor(max(after, 0.0) + 0.5), agreed * share) for after, share in shares]

    def orderable(self, t, lead, earliest=None, latest=None):
        in_time = self.calendar.ready(t, lead) is not None
        in_window = self.calendar.within(t, earliest, latest)
        return in_time and in_window and self.calendar.within(t, None, self.limits.get("last_order"))

    def columns(self):
        calendar, periods = self.calendar, range(self.calendar.periods)
        planned = [p for p in self.parts.values() if p.planned is not None and p.rating > 0]
        self.planned = {part.id: part for part in planned}

        def open_to(part, t):
            terms = part.planned
            dates = terms.get("earliest"), terms.get("latest")
            return part.rating * (not self.keep and self.orderable(t, terms["lead_months"], *dates))

        ids = list(self.planned)
        self.build = self.add("build", ids, [[open_to(p, t) for t in periods] for p in planned])
        self.stands = self.add("ready", ids, [[p.rating] * len(periods) for p in planned])
        for part in planned:
            terms = part.planned
            usd = terms["usd_per_mw"] + terms.get("fixed_usd", 0.0) / part.rating
            usd *= 1 - terms.get("reuse_share", 0.0)
            for t in periods:
                self.pays(self.build[part.id][t], self.priced(t, usd, terms.get("payments", [])))

        removable = [p for p in self.parts.values() if p.removal is not None and not self.keep]
        in_window = [[1.0 * self.orderable(t, 0, p.removal.get("earliest")) for t in periods] for p in removable]
        self.remove = self.add("remove", [p.id for p in removable], in_window)
        for part in removable:
            for t in periods:
                month, label = calendar.first[t], self.remove[part.id][t]
                self.pays(label, [(month, part.removal.get("cost_usd", 0.0))])
                done = month + math.floor(part.removal.get("months", 0.0) + 0.5)
                self.cost[label] += part.removal.get("salvage_usd", 0.0) * calendar.discount[done]

        def open_fit(hall, t):
            fit, fitted = hall.ratings.get("fit_out"), hall.ratings.get("fitted_mw", 0.0)
            may = fit and not self.keep and self.orderable(t, fit["lead_months"], fit.get("earliest"))
            return (hall.most_hosting - fitted) * bool(may)

        names = [hall.id for hall in self.halls]
        self.fit = self.add("fit", names, [[open_fit(h, t) for t in periods] for h in self.halls])
        self.fitted = self.add("fitted", names, [[h.most_hosting] * len(periods) for h in self.halls])
        for hall in self.halls:
            fit, room = hall.ratings.get("fit_out"), hall.most_hosting - hall.ratings.get("fitted_mw", 0.0)
            for t in periods if fit and room > 0 else []:
                usd = fit["usd_per_mw"] + fit.get("fixed_usd", 0.0) / room
                self.pays(self.fit[hall.id][t], self.priced(t, usd, fit.get("payments", [])))
        self.tenant_columns(periods)
        self.machine_columns(periods)
        sell_forward(self)

    def tenant_columns(self, periods):
        calendar = self.calendar
        self.leases, self.begun = {}, {}
        signed = [p for p in self.world.pairs
                  if not self.keep or self.offers[p["offer"]].get("status", "Idea") == "Signed"]
        self.pairs = {(pair["hall"], pair["offer"]): pair for pair in signed}
        offers = list(dict.fromkeys(offer for _, offer in self.pairs))

        def opens(offer, t):
            dates = self.offers[offer].get("earliest"), self.offers[offer].get("latest")
            return math.inf if calendar.within(t, *dates) else 0.0

        keys = list(self.pairs)
        self.start = self.add("start", keys, [[opens(o, t) for t in periods] for _, o in keys])
        self.host = self.add("host", keys, [[float(self.pairs[key]["most_mw"])] * len(periods) for key in keys])
        self.begun = self.add("begun", offers)
        for offer in offers:
            lease = self.leases[offer] = Lease(self.offers[offer], self.site, calendar, self.world)
            halls = [hall for hall, of in keys if of == offer]
            funded = self.offers[offer].get("tenant_funded_usd_per_mw", 0.0)
            for t in (t for t in periods if opens(offer, t) > 0):
                first, begun = calendar.first[t], self.begun[offer][t]
                self.row([(begun, -1.0)] + [(self.start[hall, offer][t], 1.0) for hall in halls], "=")
                fixed, credited, power, revenue = lease.cash(first)
                self.revenue[begun] = revenue
                self.contracted[begun] = lease.contracted(first)
                bills = {}
                for hall in halls:
                    pair, label = self.pairs[hall, offer], self.start[hall, offer][t]
                    feed = pair["grid_feed"]
                    bills.setdefault(feed, None)
                    if bills[feed] is None:
                        bills[feed] = power(self.feeds[feed])
                    bill = bills[feed] * float(pair["utility_mwh_per_it_mwh"])
                    self.cost[label] = fixed - credited * float(pair["credited_share_of_rent"]) - bill
                    if funded > 0:
                        self.cost[label] = self.cost[label] + funded * calendar.discount[first]
                        self.capex.append((label, first, -funded))
        clouds = [offer for offer in offers if self.leases[offer].system]

        def open_gpus(offer, t):
            return math.inf if self.orderable(t, self.leases[offer].system.get("lead_months", 6.0)) else 0.0

        self.gpu = self.add("gpu", clouds, [[open_gpus(o, t) for t in periods] for o in clouds])
        for offer in clouds:
            system = self.leases[offer].system
            residual, life = system.get("residual_share_after_36_months", 0.0), system.get("life_months", 60.0)
            for t in periods:
                label, age = self.gpu[offer][t], calendar.months - calendar.first[t]
                schedule = self.priced(t, 1000 / system["kw_per_gpu"] * system["usd_per_gpu"], [])
                self.pays(label, schedule)
                left = residual * (life - age) / (life - 36) if 36 < age < life else 0.0
                left = 1 - (1 - residual) * age / 36 if age <= 36 else left
                self.cost[label] += left * schedule[0][1] * calendar.end_discount

    def machine_columns(self, periods):
        calendar, world = self.calendar, self.world
        classes = [(row["hall"], row["fleet"]) for row in world.classes]
        self.mine, self.install = self.add("mine", classes), self.add("install", classes)
        self.ran = self.add("ran", classes)
        self.run = {weather: self.add(f"run {weather}", classes) for weather, _ in WEATHERS}
        for key, row in zip(classes, world.classes):
            fleet, gross = self.fleets[row["fleet"]], float(row["utility_mwh_per_it_mwh"])
            margin, revenue = mining_months(fleet, self.feeds[row["grid_feed"]], gross, calendar, world)
            site_cost = self.company.get("mining_site_usd_per_mw_month", 5000.0)
            for t in periods:
                span, first = calendar.span(t), calendar.first[t]
                value = calendar.level[span] * calendar.discount[span]
                self.cost[self.mine[key][t]] = -site_cost * value.sum()
                moving = fleet.get("install_usd_per_mw", 0.0) * calendar.level[first] * calendar.discount[first]
                self.cost[self.install[key][t]] = -moving
                by_weather = [(self.run[weather][key][t], share) for weather, share in WEATHERS]
                self.row([(self.ran[key][t], -1.0)] + by_weather, "=")
                self.cost[self.ran[key][t]] = margin[:, span] @ calendar.discount[span]
                earned = np.zeros((world.paths, calendar.months // 12))
                earned[:, first // 12] = revenue[:, span].sum(axis=1)
                self.revenue[self.ran[key][t]] = earned

        ids = list(self.fleets)
        self.owned, self.retire = self.add("fleet", ids), self.add("retire", ids)

        def open_buy(fleet, t):
            if fleet.get("purchase_usd_per_th") is None or not self.orderable(t, self.lead(fleet)):
                return 0.0
            return fleet.get("purchase_max_mw", 0.0)

        self.buy = self.add("buy", ids, [[open_buy(f, t) for t in periods] for f in self.fleets.values()])
        for name, fleet in self.fleets.items():
            last = resale_usd_per_mw(fleet, calendar, world, calendar.months - 1)
            self.cost[self.owned[name][-1]] = last * calendar.end_discount
            th = 1e6 / fleet["efficiency_j_per_th"]
            for t in periods:
                first = calendar.first[t]
                sold = resale_usd_per_mw(fleet, calendar, world, first) * calendar.discount[first]
                self.cost[self.retire[name][t]] = sold
                self.pays(self.buy[name][t], self.priced(t, (fleet.get("purchase_usd_per_th") or 0.0) * th, []))

    @staticmethod
    def lead(fleet):
        return fleet.get("purchase_lead_months", 3.0)
