"""One night with pandas: ``night.py LANDED WORK``. Looks at the hashes of the files, and reads all where one is new."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import pandas as pd

LANDED, WORK = Path(sys.argv[1]), Path(sys.argv[2])
AMOUNTS = ["Baseline (£)", "Projected saving (£)", "Deferred (£)", "Undeliverable (£)"]

paths = sorted(LANDED.rglob("*.xlsx"))
hashes = pd.Series([hashlib.sha256(path.read_bytes()).hexdigest() for path in paths])
known = WORK / "known.csv"
if not known.exists() or not hashes.isin(pd.read_csv(known)["sha256"]).all():
    books = {path.parent.name: pd.read_excel(path, sheet_name="Savings", engine="openpyxl") for path in paths}
    lines = pd.concat(books, names=["directorate_code"]).dropna(subset="Reference")
    amounts = lines[AMOUNTS].apply(pd.to_numeric, errors="coerce").fillna(0)
    amounts.groupby("directorate_code").sum().to_csv(WORK / "table_1.csv")
    hashes.to_frame("sha256").to_csv(known, index=False)
