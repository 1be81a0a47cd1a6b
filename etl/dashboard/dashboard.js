// Draws the charts of the activity, each with a sentence, a table and keys that say the same, and
// draws everything anew when a period or a course is chosen.

const charts = new Map();
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

// Hatches days that are not loaded: an empty place would look like a day without attempts.
const hatching = {
  id: "hatching",
  beforeDatasetsDraw({ ctx, chartArea, scales: { x } }, _, { hatched }) {
    const width = chartArea.width / hatched.length;
    ctx.save();
    ctx.strokeStyle = colour("hatch");
    ctx.beginPath();
    hatched.forEach((isHatched, n) => {
      if (!isHatched) return;
      const left = x.getPixelForValue(n) - width / 2;
      for (let y = chartArea.bottom; y > chartArea.top; y -= 6) {
        ctx.moveTo(left, y);
        ctx.lineTo(left + width, y - 5);
      }
    });
    ctx.stroke();
    ctx.restore();
  },
};

function seriesOf(name, points) {
  const values = (key) => points.map((point) => (point.isMissing ? null : point[key]));
  const bar = (key, label, fill) => ({ type: "bar", label, data: values(key), backgroundColor: colour(fill), borderColor: colour("strong"), borderWidth: 1, borderSkipped: false, stack: "one", maxBarThickness: 36, categoryPercentage: 0.86, barPercentage: 1 });
  const line = (key, label, ink) => ({ type: "line", label, data: values(key), borderColor: colour(ink), backgroundColor: colour(ink), borderWidth: 2, pointRadius: points.length > 45 ? 0 : 2.5, pointHoverRadius: 5, cubicInterpolationMode: "monotone" });
  return {
    attempts: [bar("submits", words.submits, "strong"), bar("runs", words.runs, "soft")],
    students: [line("students", words.students, "strong")],
    success: [line("success", words.success, "second")],
  }[name];
}

function optionsOf(name, points) {
  const grid = { color: colour("line"), drawTicks: false };
  const ticks = { color: colour("muted"), padding: 6 };
  const isShare = name === "success";
  const told = ({ dataset, parsed }) => `${dataset.label}: ${isShare ? toldPercent(parsed.y) : whole.format(parsed.y)}`;
  return {
    locale: words.locale,
    animation: false,
    responsive: true,
    maintainAspectRatio: false,
    interaction: { mode: "index", intersect: false },
    scales: {
      x: { stacked: true, offset: true, grid: { display: false }, border: { color: colour("line") }, ticks: { ...ticks, maxRotation: 0, autoSkipPadding: 16 } },
      y: { stacked: name === "attempts", beginAtZero: true, max: isShare ? 100 : undefined, grid, border: { display: false }, ticks: { ...ticks, precision: 0, maxTicksLimit: 6, callback: (value) => (isShare ? `${value} %` : compact.format(value)) } },
    },
    plugins: {
      legend: { display: name === "attempts", align: "start", labels: { color: colour("ink"), boxWidth: 12, boxHeight: 12 } },
      hatching: { hatched: points.map((point) => point.isHatched) },
      tooltip: { padding: 10, boxPadding: 4, callbacks: { title: ([item]) => points[item.dataIndex].name, label: told } },
    },
  };
}

function drawChart(name, title, points, by) {
  const canvas = document.querySelector(`#${name} canvas`);
  charts.get(name)?.destroy();
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  const chart = new Chart(canvas, {
    data: { labels: points.map((point) => point.label), datasets: seriesOf(name, points) },
    options: optionsOf(name, points),
    plugins: [hatching],
  });
  charts.set(name, chart);
  document.querySelector(`#${name} .by`).textContent = by;
  document.querySelector(`#${name} .hatched`).hidden = !points.some((point) => point.isHatched);
  canvas.setAttribute("aria-label", summaryOf(name, title, points, by));
}

function summaryOf(name, title, points, by) {
  const known = points.filter((point) => !point.isMissing && point[name] !== null);
  if (!known.length) return `${title}, ${by}: ${NONE}`;
  const format = (point) => (name === "success" ? toldPercent(point[name]) : whole.format(point[name]));
  const ordered = [...known].sort((one, other) => one[name] - other[name]);
  const [least, most] = [ordered[0], ordered.at(-1)];
  const sentence = filled(words.summary, { title, by, least: format(least), least_at: least.name, most: format(most), most_at: most.name });
  return `${sentence} ${words.keys}`;
}

// Arrow keys move the tooltip, and screen readers say what it shows.
function readByKeys(name) {
  const figure = document.getElementById(name);
  figure.querySelector("canvas").addEventListener("keydown", (event) => {
    const chart = charts.get(name);
    const end = chart.data.labels.length - 1;
    const now = chart.getActiveElements()[0]?.index ?? -1;
    const index = { ArrowRight: Math.min(now + 1, end), ArrowLeft: Math.max(now - 1, 0), Home: 0, End: end }[event.key];
    if (index === undefined) return;
    event.preventDefault();
    const active = chart.data.datasets.map((_, datasetIndex) => ({ datasetIndex, index }));
    chart.setActiveElements(active);
    chart.tooltip.setActiveElements(active, { x: 0, y: 0 });
    chart.update("none");
    figure.querySelector(".value").textContent = [...chart.tooltip.title, ...chart.tooltip.body.flatMap(({ lines }) => lines)].join(", ");
  });
}

const form = document.querySelector(".period");
const { first: firstInput, last: lastInput, span: spanInputs, course: courseInput } = form.elements;
const scopes = new Map();
let shown = null;

// The counts of the chosen course or of all, unpacked when they are first chosen.
function chosenScope() {
  const value = courseInput?.value ?? "";
  if (!scopes.has(value)) scopes.set(value, unpackedScope(value ? data.courses[value] : data.everything));
  return scopes.get(value);
}

// The name of the chosen course, empty for all courses.
const courseName = () => data.courseNames[chosenScope().course] ?? "";

function pointsOf(scope, span, isDaily) {
  const named = lengthOf(span) > DAYS_WITHOUT_YEAR ? month : shortDay;
  return bucketsOf(span).map((bucket) => {
    const totals = totalsOf(scope, bucket);
    const days = lengthOf(bucket);
    const isMissing = totals.missing === days && !totals.attempts;
    const isHatched = totals.missing > 0 || (!isDaily && days < 7);
    return { ...totals, ...bucket, isMissing, isHatched, label: named.format(dateOf(bucket.first)), name: fullName(bucket, totals.missing) };
  });
}

function drawActivity(scope, span) {
  const isDaily = lengthOf(span) <= DAYS_AS_BARS;
  const points = pointsOf(scope, span, isDaily);
  const by = isDaily ? words.by_day : words.by_week;
  const columns = {
    attempts: [[words.attempts, "attempts"], [words.runs, "runs"], [words.submits, "submits"]],
    students: [[words.students, "students"]],
    success: [[words.success, "success"], [words.correct, "correct"], [words.submits, "submits"]],
  };
  for (const [name, shownColumns] of Object.entries(columns)) {
    drawChart(name, words[`${name}_by`], points, by);
    const figure = (point, key) => (point.isMissing ? cell(NONE, null) : cell(key === "success" ? toldPercent(point[key]) : whole.format(point[key]), point[key]));
    const rows = points.map((point) => [
      element("th", { scope: "row", "data-value": isoDate(point.first) }, point.name),
      unseenCell(isoDate(point.last)),
      unseenCell(point.missing),
      ...shownColumns.map(([, key]) => figure(point, key)),
    ]);
    const titles = [isDaily ? words.day : words.week, unseenHeader(words.last_day), unseenHeader(words.days_not_loaded), ...shownColumns.map(([title]) => title)];
    document.querySelector(`#${name} .wide`).replaceChildren(table(words[`${name}_by`], titles, rows));
  }
}

function show(span) {
  shown = span;
  const scope = chosenScope();
  firstInput.value = isoDate(span.first);
  lastInput.value = isoDate(span.last);
  for (const input of spanInputs.length ? spanInputs : [spanInputs]) {
    input.checked = span.last === dayCount - 1 && spanOf(input.value).first === span.first;
  }
  drawCards(scope, span);
  drawActivity(scope, span);
  drawHours(span);
  drawTasks(scope, span);
  drawRetention(span);
  for (const name of ["hours", "retention"]) at(`${name}-course`).hidden = scope.course === undefined;
  const course = courseInput ? ` · ${courseName() || words.all_courses}` : "";
  tell(filled(words.shown, blanksOf(span)) + course);
}

function spanOf(value) {
  return { first: value === "all" ? 0 : Math.max(0, dayCount - Number(value)), last: dayCount - 1 };
}

function tell(sentence, isWrong = false) {
  const line = document.getElementById("shown");
  line.textContent = sentence;
  line.classList.toggle("wrong", isWrong);
  for (const input of [firstInput, lastInput]) input.setAttribute("aria-invalid", isWrong);
}

function showChosenDays() {
  const span = { first: dayOf(firstInput.value), last: dayOf(lastInput.value) };
  // An empty or half-typed date is NaN, for which every comparison is false.
  if (span.first >= 0 && span.first <= span.last && span.last < dayCount) show(span);
  else tell(filled(words.wrong_dates, { first: longDay.format(dateOf(0)), last: longDay.format(dateOf(dayCount - 1)) }), true);
}

form.addEventListener("change", ({ target }) => {
  if (target.name === "span") show(spanOf(target.value));
  else if (target.name === "course") show(shown);
  else showChosenDays();
});
form.addEventListener("submit", (event) => event.preventDefault());
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawActivity(chosenScope(), shown));
["attempts", "students", "success"].forEach(readByKeys);
document.querySelectorAll("button[data-table]").forEach(saveByClick);
show(spanOf(dayCount > 28 ? "28" : "all"));
