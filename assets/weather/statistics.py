#!/usr/bin/env python3
"""The index of the typical years, `climates.csv`, from the original files.

    python3 statistics.py FOLDER > climates.csv

FOLDER holds the files of the list below, unpacked or with `.gz`. This reads the files and works out the wet bulb on
its own, apart from the program, so that the test of the built-in years compares two ways of reading them.
"""

import csv
import gzip
import hashlib
import io
import math
import os
import sys

FILES = [
    ("abilene-tx", "Abilene Regional Airport TX", "TX-Abilene_Regional_Ap_Ut.tmy3.csv"),
    ("atlanta-ga", "Atlanta Hartsfield Airport GA", "USA_GA_Atlanta-Hartsfield-Jackson.Intl.AP.722190_TMY3.epw"),
    ("buffalo-ny", "Buffalo Niagara Airport NY", "USA_NY_Buffalo-Greater.Buffalo.Intl.AP.725280_TMY3.epw"),
    ("dallas-tx", "Dallas Fort Worth Airport TX", "USA_TX_Dallas-Fort.Worth.Intl.AP.722590_TMY3.epw"),
    ("duluth-mn", "Duluth Airport MN", "USA_MN_Duluth.Intl.AP.727450_TMY3.epw"),
    ("fargo-nd", "Fargo Airport ND", "fargo_nd_TMY2.csv"),
    ("helena-mt", "Helena Airport MT", "USA_MT_Helena.Rgnl.AP.727720_TMY3.epw"),
    ("houston-tx", "Houston Bush Airport TX", "USA_TX_Houston-Bush.Intercontinental.AP.722430_TMY3.epw"),
    ("midland-tx", "Midland Airport TX", "TX-Midland_International_Ap.tmy3.csv"),
    ("oklahoma-city-ok", "Oklahoma City Wiley Post Field OK", "USA_OK_Oklahoma.City-Wiley.Post.Field.723544_TMY3.epw"),
]


def saturation(t):
    k = t + 273.15
    if t < 0:
        return math.exp(-5.6745359e3 / k + 6.3925247 - 9.677843e-3 * k + 6.2215701e-7 * k**2
                        + 2.0747825e-9 * k**3 - 9.484024e-13 * k**4 + 4.1635019 * math.log(k))
    return math.exp(-5.8002206e3 / k + 1.3914993 - 4.8640239e-2 * k + 4.1764768e-5 * k**2
                    - 1.4452093e-8 * k**3 + 6.5459673 * math.log(k))


def ratio(vapour, pressure):
    return 0.621945 * vapour / (pressure - vapour)


def wet_bulb(dry, dew, pressure):
    wanted = ratio(saturation(min(dew, dry)), pressure)
    low, high = -100.0, dry
    for _ in range(60):
        wet = (low + high) / 2
        full = ratio(saturation(wet), pressure)
        if wet >= 0:
            found = ((2501 - 2.326 * wet) * full - 1.006 * (dry - wet)) / (2501 + 1.86 * dry - 4.186 * wet)
        else:
            found = ((2830 - 0.24 * wet) * full - 1.006 * (dry - wet)) / (2830 + 1.86 * dry - 2.1 * wet)
        if found > wanted:
            high = wet
        else:
            low = wet
    return high


def quantile(values, probability):
    values = sorted(values)
    position = probability * (len(values) - 1)
    below = int(position)
    above = min(below + 1, len(values) - 1)
    return values[below] + (position - below) * (values[above] - values[below])


def read(folder, name):
    path = os.path.join(folder, name)
    raw = open(path, "rb").read() if os.path.exists(path) else gzip.open(path + ".gz").read()
    rows = [row for row in csv.reader(io.StringIO(raw.decode("latin1"))) if row]
    if name.endswith(".epw"):
        head = rows[0]
        place = head[6], head[7], head[9]
        values = [(float(r[6]), float(r[7]), float(r[9])) for r in rows[8:]]
        source, years = "TMY3", [int(r[0]) for r in rows[8:]]
    elif "tmy3" in name:
        place = rows[0][4:7]
        at = [rows[1].index(c) for c in ("Dry-bulb (C)", "Dew-point (C)", "Pressure (mbar)")]
        values = [(float(r[at[0]]), float(r[at[1]]), 100 * float(r[at[2]])) for r in rows[2:]]
        source, years = "TMY3", [int(r[0][-4:]) for r in rows[2:]]
    else:
        place = rows[1][5], rows[1][6], rows[1][8]
        at = [rows[2].index(c) for c in ("Tdry", "Tdew", "Pres")]
        values = [(float(r[at[0]]), float(r[at[1]]), 100 * float(r[at[2]])) for r in rows[3:]]
        source, years = "TMY2", [int(r[0]) for r in rows[3:]]
    source = f"{source} by NREL with months of {min(years)} to {max(years)}"
    return raw, [float(x) for x in place], source, values


def main():
    print("id,name,latitude,longitude,elevation_m,source,file,sha256,mean_dry_bulb_c,dry_bulb_0_4_percent_c,"
          "lowest_dry_bulb_c,highest_dry_bulb_c,mean_wet_bulb_c,wet_bulb_0_4_percent_c")
    for ident, title, name in FILES:
        raw, place, source, values = read(sys.argv[1], name)
        dry = [v[0] for v in values]
        wet = [wet_bulb(*v) for v in values]
        assert len(dry) == 8760
        print(ident, title, *(f"{x:g}" for x in place), source, name,
              hashlib.sha256(raw).hexdigest(), f"{sum(dry) / 8760:.4f}", f"{quantile(dry, 0.996):.3f}",
              min(dry), max(dry), f"{sum(wet) / 8760:.4f}", f"{quantile(wet, 0.996):.3f}", sep=",")


main()
