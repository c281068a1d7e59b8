// Filters the rows of the table after the search field. Without scripts the field is not shown, and all rows are.
"use strict";
const field = document.getElementById("search");
const status = field.parentElement.querySelector("[role=status]");
const rows = [...document.querySelector("main table tbody").rows];
const texts = rows.map((row) => row.textContent.toLowerCase());
field.parentElement.hidden = false;
field.addEventListener("input", () => {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  rows.forEach((row, number) => {
    row.hidden = !words.every((word) => texts[number].includes(word));
    found += row.hidden ? 0 : 1;
  });
  status.textContent = words.length ? `${found} of ${rows.length} rows` : "";
});
