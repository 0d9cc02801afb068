# SPDX-License-Identifier: MIT
"""Write the readings of a spool as CSV, times in UTC."""

import argparse
import csv
import datetime
import pathlib
import sys


def read_spool(folder):
    """Yield (time, level, battery, believed) for every line of the spool."""
    path = pathlib.Path(folder) / "readings.log"
    with path.open(encoding="ascii") as lines:
        for line in lines:
            fields = line.strip().split(";")
            if len(fields) != 4:
                continue
            yield int(fields[0]), float(fields[1]), float(fields[2]), fields[3] == "1"


def as_row(reading):
    """Return the cells of one reading; a rejected level is left empty."""
    time, level, battery, believed = reading
    moment = datetime.datetime.fromtimestamp(time, datetime.timezone.utc)
    return [moment.isoformat(), f"{level:.3f}" if believed else "", f"{battery:.2f}"]


def export(spool, out):
    """Write all readings to the open file `out` and return their number."""
    writer = csv.writer(out)
    writer.writerow(["time", "level_m", "battery_v"])
    count = 0
    for reading in read_spool(spool):
        writer.writerow(as_row(reading))
        count += 1
    return count


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--spool", default="/var/spool/tideline")
    parser.add_argument("--out", required=True)
    arguments = parser.parse_args()
    with open(arguments.out, "w", newline="", encoding="utf-8") as out:
        print(export(arguments.spool, out), "readings", file=sys.stderr)


if __name__ == "__main__":
    main()
