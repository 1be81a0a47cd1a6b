// A table as a file, made here: nothing is asked from anywhere.

// A spreadsheet would run what begins like this as a formula (OWASP, CSV injection).
const FORMULA = /^[=+\-@\t\r]/;

function fieldOf(cell) {
  const text = cell.dataset.value ?? cell.textContent;
  const harmless = FORMULA.test(text) ? `'${text}` : text;
  const isQuoted = /["\r\n]/.test(harmless) || harmless.includes(words.csv_separator);
  return isQuoted ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

// RFC 4180, with the separator that spreadsheets of this language read.
function csvOf(table) {
  const lines = [...table.rows].map((row) => [...row.cells].map(fieldOf).join(words.csv_separator));
  return `${lines.join("\r\n")}\r\n`;
}

function saveByClick(button) {
  button.addEventListener("click", () => {
    const table = document.querySelector(`${button.dataset.table} table`);
    if (!table) return;
    // Excel takes a file for UTF-8 only if it begins with this mark.
    const file = new Blob(["\uFEFF", csvOf(table)], { type: "text/csv" });
    const address = URL.createObjectURL(file);
    element("a", { href: address, download: nameOf(button) }).click();
    URL.revokeObjectURL(address);
  });
}

// "tasks_2026-02-02_2026-03-01_course.csv", or "runs.csv", of which there is only one.
function nameOf(button) {
  const { name, of } = button.dataset;
  const span = name === "tasks" ? spanOfTasks(shown) : shown;
  const parts = { period: [isoDate(span.first), isoDate(span.last)], course: [courseName()] };
  const about = (of ?? "").split(" ").flatMap((part) => parts[part] ?? []).filter(Boolean);
  return `${[name, ...about].join("_").replace(/[^\p{L}\p{N}._-]+/gu, "-")}.csv`;
}
