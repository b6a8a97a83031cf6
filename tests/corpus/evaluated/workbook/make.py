# Writes posts.xlsx with openpyxl 3.1; posts.ods is LibreOffice's: soffice --headless --convert-to ods posts.xlsx
import datetime as d

import openpyxl

book = openpyxl.Workbook()
sheet = book.active
sheet.title = "Posts 2021"
sheet.append(["date", "network", "likes", "paid", "posted", "note", "score", "doubled"])
sheet.append([d.date(2021, 1, 4), "x", 10, True, d.datetime(2021, 1, 4, 9, 30), "first", 1.5, "=C2*2"])
sheet.append([d.date(2021, 1, 5), "y", None, False, d.datetime(2021, 1, 5, 17, 0), None, None, None])
sheet.append([])
sheet.append([d.date(2021, 1, 9), "x", 7.5, True, None, 12, 2, None])
other = book.create_sheet("Costs")
other.append(["month", "cost", "left out", None])
other.append(["2021-01", 100, "#N/A"])
other.append(["2021-02", 40, None])
book.save("posts.xlsx")
