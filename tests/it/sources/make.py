# One table as other programs write it: CSV and JSON lines by pandas (packed by gzip and zstandard), Parquet by DuckDB, Feather by
# pyarrow, SQLite by Python's sqlite3, XLSX by openpyxl; ODS is LibreOffice's: soffice --headless --convert-to ods posts.xlsx
# It prints what pandas makes of the plan of tests/it/sources.rs.
import datetime as d
import gzip
import os
import sqlite3

import duckdb
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.feather
import zstandard

rows = [
    {
        "date": d.date(2021, 1, 1) + d.timedelta(days=i),
        "region": ["EMEA", "UCAN", "LATAM"][i % 3],
        "likes": i * 37 % 101 + i % 4 * 0.25,
        "author": f"a{i * i % 17}",
        "note": None if i % 7 == 0 else f"post, \"{i}\"",
    }
    for i in range(240)
]
t = pd.DataFrame(rows)

csv = t.to_csv(index=False).encode()
with open("posts.csv.gz", "wb") as f, gzip.GzipFile(fileobj=f, mode="wb", mtime=0) as g:
    g.write(csv)
open("posts.csv.zst", "wb").write(zstandard.ZstdCompressor().compress(csv))
lines = t.assign(date=t.date.astype(str)).to_json(orient="records", lines=True).encode()
open("posts.jsonl.zst", "wb").write(zstandard.ZstdCompressor().compress(lines))
duckdb.sql("COPY (FROM t) TO 'posts.parquet' (FORMAT parquet, CODEC zstd, ROW_GROUP_SIZE 2048)")
pa.feather.write_feather(pa.Table.from_pandas(t), "posts.feather", compression="lz4", chunksize=100)

if os.path.exists("posts.sqlite"):
    os.remove("posts.sqlite")
base = sqlite3.connect("posts.sqlite")
base.execute("CREATE TABLE posts (date TEXT, region TEXT, likes, author TEXT, note TEXT)")
# An index that holds all that a sum by region needs gives rows in its own order to who does not ask for the table's.
base.execute("CREATE INDEX by_region ON posts (region, likes)")
whole = [{**r, "date": str(r["date"]), "likes": int(r["likes"]) if r["likes"] == int(r["likes"]) else r["likes"]} for r in rows]
base.executemany("INSERT INTO posts VALUES (:date, :region, :likes, :author, :note)", whole)
base.execute("CREATE TABLE owners (name TEXT, since TEXT)")
base.execute("CREATE VIEW loved AS SELECT * FROM posts WHERE likes > 50")
base.commit()
base.close()

book = openpyxl.Workbook()
book.active.append(list(rows[0]))
for r in rows:
    book.active.append(list(r.values()))
book.save("posts.xlsx")

t["date"] = pd.to_datetime(t.date)
q2 = t[(t.date >= "2021-04-01") & (t.date < "2021-07-01")]
print("q2 likes", q2.likes.sum())
print("q2 likes EMEA", q2[q2.region == "EMEA"].likes.sum())
print("authors", q2.author.nunique())
print("median", q2.likes.median())
print("noted", q2.note.count())
print("last", t[t.date == t.date.max()].likes.sum())
