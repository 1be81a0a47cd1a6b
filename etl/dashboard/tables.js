// Makes everything that is text: numbers and days as the page's language writes them, cards,
// tables, and tables as files. Data from outside only ever becomes text.

const words = data.words;

const numbers = (digits) => new Intl.NumberFormat(words.locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
const dates = (parts) => new Intl.DateTimeFormat(words.locale, { timeZone: "UTC", ...parts });
const NONE = "—";

const whole = numbers(0);
const tenths = numbers(1);
const compact = new Intl.NumberFormat(words.locale, { notation: "compact", maximumFractionDigits: 1 });
const rounded = new Intl.NumberFormat(words.locale, { notation: "compact", maximumSignificantDigits: 2 });
const signed = new Intl.NumberFormat(words.locale, { maximumFractionDigits: 1, signDisplay: "exceptZero" });
const shortDay = dates({ day: "numeric", month: "short" });
const month = dates({ month: "short", year: "2-digit" });
const longDay = dates({ day: "numeric", month: "short", year: "numeric" });
const weekday = dates({ weekday: "short", day: "numeric", month: "short", year: "numeric" });

const told = (value, format) => (value === null || value === undefined ? NONE : format.format(value));
const toldPercent = (value) => (value === null || value === undefined ? NONE : `${tenths.format(value)} %`);
const isoDate = (day) => dateOf(day).toISOString().slice(0, 10);

// A number for a CSV: no grouping, at most two decimals, the decimal mark that spreadsheets of this
// language read. Texts stay as they are, unknown values are empty.
const plain = (value) => (typeof value === "number" ? String(Math.round(100 * value) / 100).replace(".", data.decimal) : value ?? "");

// A sentence such as "{name} and {other}" with its blanks filled.
const filled = (sentence, blanks) => sentence.replace(/\{(\w+)\}/g, (_, name) => blanks[name]);

const blanksOf = (span) => ({ first: longDay.format(dateOf(span.first)), last: longDay.format(dateOf(span.last)), days: whole.format(lengthOf(span)) });

function fullName({ first, last }, missing) {
  const name = first === last ? weekday.format(dateOf(first)) : longDay.formatRange(dateOf(first), dateOf(last));
  return missing ? `${name} (${words.not_loaded}: ${missing})` : name;
}

// A share changes by points, anything else by percent.
function toldChange(now, before, isShare) {
  return isShare
    ? `${signed.format(now - before)} ${words.points}`
    : `${signed.format((100 * (now - before)) / before)} %`;
}

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

const at = (id) => document.getElementById(id);
const header = (text, scope = "col") => element("th", { scope }, text);
// A cell with a text for people and a value for the CSV.
const cell = (text, value) => element("td", { "data-value": plain(value) }, text);
// Hidden cells, whose column is in the CSV only.
const unseenHeader = (text) => element("th", { scope: "col", hidden: "" }, text);
const unseenCell = (value) => element("td", { hidden: "" }, plain(value));

// A cell with a share from 0 to 1 of colour behind its text.
function shaded(tag, text, share, attributes = {}) {
  const cell = element(tag, attributes, text);
  cell.style.setProperty("--share", share.toFixed(3));
  return cell;
}

function table(caption, titles, rows) {
  return element("table", {},
    element("caption", { class: "unseen" }, caption),
    element("thead", {}, element("tr", {}, ...titles.map((title) => (title instanceof Element ? title : header(title))))),
    element("tbody", {}, ...rows.map((cells) => element("tr", {}, ...cells))));
}

function drawCards(scope, span) {
  const now = totalsOf(scope, span);
  const before = spanBefore(span);
  const earlier = before && totalsOf(scope, before);
  const card = (name, label, value, note, isShare = false) => {
    const isKnown = earlier && earlier[name] && now[name] !== null;
    const change = isKnown ? [element("dd", { class: "change" }, toldChange(now[name], earlier[name], isShare))] : [];
    return element("div", { id: `card-${name}` },
      element("dt", {}, label), element("dd", { class: "figure" }, value), ...change, element("dd", { class: "note" }, note));
  };
  at("changes-note").hidden = !earlier;
  at("students-unknown").hidden = now.students !== null;
  at("students-unknown").textContent = filled(words.students_unknown, { days: scope.exactDays });
  document.querySelector(".cards").replaceChildren(
    card("attempts", words.attempts, whole.format(now.attempts), `${words.runs}: ${whole.format(now.runs)} · ${words.submits}: ${whole.format(now.submits)}`),
    card("students", words.students, told(now.students, whole), words.students_note),
    card("success", words.success, toldPercent(now.success), words.success_note, true),
    card("runsPerSubmit", words.runs_per_submit, told(now.runsPerSubmit, tenths), words.runs_per_submit_note),
    card("studentsADay", words.students_a_day, told(now.studentsADay, tenths), words.students_a_day_note));
}

function taskRows(tasks) {
  return tasks.map((task) => [
    element("th", { scope: "row", "data-value": task.name },
      element("span", { class: "name" }, task.name),
      element("span", { class: "note" }, data.courseNames[task.course])),
    unseenCell(data.courseNames[task.course]),
    shaded("td", toldPercent(task.success), (task.success ?? 0) / 100, { class: "bar", "data-value": plain(task.success) }),
    cell(toldPercent(task.firstTry), task.firstTry),
    cell(told(task.median, tenths), task.median),
    cell(whole.format(task.students), task.students),
    cell(whole.format(task.attempts), task.attempts),
    cell(whole.format(task.submits), task.submits),
  ]);
}

function drawTasks(scope, span) {
  const tasks = tasksOf(scope, span);
  const titles = () => [words.task, unseenHeader(words.course), words.success, words.first_try, words.median, words.students, words.attempts, words.submits];
  const shown = (rows, caption) => (rows.length ? table(caption, titles(), taskRows(rows)) : element("p", {}, words.no_tasks));
  at("tasks").replaceChildren(shown(tasks.slice(0, 10), words.tasks));
  at("all-tasks").replaceChildren(shown(tasks, words.all_tasks));
  const known = spanOfTasks(span);
  at("tasks-span").hidden = lengthOf(known) === lengthOf(span);
  at("tasks-span").textContent = filled(words.tasks_span, blanksOf(known));
}

function drawRetention(span) {
  const shownCohorts = cohortsOf(span);
  const weeks = Math.max(0, ...shownCohorts.map(({ active }) => active.length - 1));
  const later = Array.from({ length: weeks }, (_, n) => n + 1);
  const rows = shownCohorts.map(({ monday, active }) => [
    element("th", { scope: "row", "data-value": isoDate(monday) }, longDay.format(dateOf(monday))),
    cell(whole.format(active[0]), active[0]),
    ...later.map((week) => {
      if (week >= active.length) return element("td");
      const share = active[week] / active[0];
      const unfinished = monday + week * 7 + 6 >= dayCount ? "…" : "";
      return shaded("td", `${whole.format(100 * share)} %${unfinished}`, share, { "data-value": plain(100 * share) });
    }),
  ]);
  const titles = [words.cohort, words.students, ...later.map((week) => filled(words.later_week, { weeks: week }))];
  const map = rows.length ? table(words.retention, titles, rows) : element("p", {}, words.no_cohorts);
  map.className = "map";
  at("retention").replaceChildren(map);
}

// A cell on a phone has room for two digits, or for "12 тыс." in two lines.
const short = (attempts) => (attempts < 1000 ? whole : rounded).format(attempts).replace("\u00A0", " ");

function drawHours(span) {
  const byHour = attemptsByHour(span);
  const most = Math.max(1, ...byHour.flat());
  const rows = byHour.map((row, hour) => [
    header(`${String(hour).padStart(2, "0")}:00`, "row"),
    ...row.map((attempts) => (attempts === null
      ? element("td", { "data-value": "" })
      : shaded("td", short(attempts), attempts / most, { "data-value": attempts }))),
  ]);
  const map = table(words.hours, [words.hour, ...words.weekdays], rows);
  map.className = "map";
  at("hours").replaceChildren(map);
}

// A spreadsheet would run a text that begins like this as a formula (OWASP, CSV injection). With
// another separator than ours, it begins a cell after any of these marks.
const FORMULA = /(^|[,;|\t\r\n])([ '"]*[=+\-@\uFF0B\uFF0D\uFF1D\uFF20])/g;

function fieldOf(cell) {
  const text = cell.dataset.value ?? cell.textContent;
  const harmless = text.replace(FORMULA, "$1'$2");
  const isQuoted = /["\r\n]/.test(harmless) || harmless.includes(words.csv_separator);
  return isQuoted ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

// The table as a CSV (RFC 4180), with the separator that spreadsheets of this language read.
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

// The name of a file: "tasks_2026-02-02_2026-03-01_course.csv", or "runs.csv" for all runs.
function nameOf(button) {
  const { name, of } = button.dataset;
  const span = name === "tasks" ? spanOfTasks(shown) : shown;
  const parts = { period: [isoDate(span.first), isoDate(span.last)], course: [courseName()] };
  const about = of.split(" ").flatMap((part) => parts[part] ?? []).filter(Boolean);
  return `${[name, ...about].join("_").replace(/[^\p{L}\p{N}._-]+/gu, "-")}.csv`;
}
