"""Changes to a site that bring in what the templates leave out, each a function that edits a parsed site file."""

from twin_data import Inside, Word


def feed_of(site):
    return next(c for c in site["components"] if c["kind"][0] == "GridFeed")["kind"][1]


def planned_parts(site):
    return [c for c in site["components"] if isinstance(c.get("state"), tuple) and c["state"][0] == "Planned"]


def risk(site):
    """Weight on the worst tail of NPV, a floor as a share of keep-mining, contracted revenue."""
    site["plan"] = {"risk_weight": 0.4, "tail_level": 0.85, "seed": 7, "paths": 120, "judge_paths": 400}
    limits = site["limits"]
    limits.pop("worst_year_floor_usd", None)
    limits.pop("floor_from_year", None)
    limits.update(worst_year_floor_share=0.45, contracted_share=0.05)


def tariff(site):
    """A bill with everything on it: peaks, ratchet, minimum take, a block bought ahead, every reason to stand still."""
    feed = feed_of(site)
    feed["minimum_take_share"] = 0.7
    feed["tariff"].update(
        demand_usd_per_kw_month=4.0, ratchet_share=0.8, four_cp_usd_per_kw_year=30.0, peak_avoidance_share=0.5,
        fixed_usd_per_month=20000.0, block={"mw": 5.0, "usd_per_mwh": 45.0, "until": "2029-06-01"})
    feed["curtailment"] = {
        "mandated_hours_per_year": 60.0, "four_cp_hours_per_year": 30.0, "demand_response_usd_per_mw_hour": 3.0,
        "called_hours_per_year": 40.0, "called_usd_per_mwh": 120.0}


def hours(site):
    """Prices by time of use, of which a part moves with the market."""
    evening = {"name": "Evening", "from_month": 5, "to_month": 10, "from_hour": 16, "to_hour": 22,
               "days": Word("Weekdays"), "usd_per_mwh": 95.0}
    prices = {"periods": [evening], "otherwise_usd_per_mwh": 38.0, "market_share": 0.4}
    feed_of(site)["tariff"].pop("block", None)
    feed_of(site)["tariff"]["energy"] = ("TimeOfUse", prices)


def works(site):
    """Outages for works, parts that replace others, a removal, options that exclude each other, rated links."""
    planned, standing = planned_parts(site), [c for c in site["components"] if c.get("state") is None]
    transformers = [c for c in standing if c["kind"][0] == "Transformer"]
    first, second = planned[0]["state"][1], planned[1]["state"][1]
    first.update(works_outage_months=2.0, works_outage=[transformers[0]["id"]], fixed_usd=250000.0)
    second.update(replaces=[transformers[-1]["id"]], earliest="2026-04-01", latest="2029-06-01")
    fans = next(c for c in standing if c["kind"][0] == "FanWall")
    fans["state"] = ("Removable", {"cost_usd": 40000.0, "salvage_usd": 90000.0, "months": 2.0})
    for option, part in zip(("left", "right"), planned[-2:]):
        part["state"][1]["option_set"] = {"set": "coolers", "option": option}
    by_id = {c["id"]: c for c in site["components"]}
    for link in site["links"]:
        if by_id[link["from"]]["kind"][0] == "GridFeed":
            link["rating_mw"] = 0.46 * feed_of(site)["interconnection_mw"]
        elif by_id[link["from"]]["kind"][0] == "Hall" and link["medium"][0] == "Liquid":
            link["rating_mw"] = 3.0


def contracts(site):
    """GPU cloud at an index, hosted miners, a signed tenant who pays ahead, hosting promised, machines that wear."""
    site["gpu_systems"] = [{
        "id": "rack", "model": "Rack", "kw_per_gpu": 1.9, "usd_per_gpu": 30000.0, "lead_months": 5.0, "life_months": 72.0,
        "liquid_share": 0.85, "kw_per_rack": 130.0, "residual_share_after_36_months": 0.4,
        "rental": {"generation": "next", "drift": -0.08, "volatility": 0.25}}]
    offers = site["offers"]
    cloud = {**offers[0], "id": "cloud", "name": "Cloud", "tenant_group": "cloud", "min_mw": 0.0, "max_mw": 3.0, "term_months": 48.0}
    cloud["terms"] = ("GpuCloud", Inside(gpu_system="rack", usd_per_gpu_hour=3.4, utilisation=0.8, indexed=True, escalator=0.01))
    hosted = {"id": "hosted", "name": "Hosted miners", "terms": ("BitcoinHosting", Inside(usd_per_mwh=82.0, escalator=0.02)),
              "max_mw": 2.5, "term_months": 36.0, "start_mw_per_month": 0.4, "opex_usd_per_kw_month": 2.0,
              "power_share": 1.0, "utilisation": 0.95, "default_per_year": 0.1, "void_months": 3.0, "relet_share": 0.5}
    offers[0].update(
        status=Word("Signed"), probability=1.0, min_mw=1.0, tenant_funded_usd_per_mw=400000.0, take_or_pay_share=0.9,
        prepayment={"months_of_rent": 6.0, "credit_from_month": 6.0, "credit_months": 30.0})
    offers += [cloud, hosted]
    site["limits"]["hosting_min_mw"] = [{"from": "2029-01-01", "mw": 1.5}]
    site["fleets"][0]["wear"] = {
        "realised_share": 0.97, "failures_per_year": 0.8, "repair_hours": 90.0, "ageing_per_year": 0.02}


def forwards(site):
    """Hashprice sold forward by one who minds the tail, and a floor from the first year on."""
    site.setdefault("company", {})["hedge"] = {"share": 0.6, "spread": 0.015}
    site.setdefault("plan", {})["risk_weight"] = 0.7
    site["limits"].pop("worst_year_floor_usd", None)
    site["limits"].update(worst_year_floor_share=0.4, floor_from_year=0)


VARIANTS = {"risk": risk, "tariff": tariff, "hours": hours, "works": works, "contracts": contracts, "forwards": forwards}
